#include "scenarios/families/bpf_test_run_support.hpp"

#include "sim/kernel/errno.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/signal.hpp"
#include "sim/kernel/uaccess.hpp"

namespace heddle::scenarios::bpf_test_run {
namespace {

User& user_of(Program& program) {
  return *reinterpret_cast<User*>(reinterpret_cast<char*>(&program) - offsetof(User, program));
}

/// Counts its runs, in its storage if it has any.
std::uint32_t count_runs(Program& program, TestRun& kernel, void*) {
  User& user = user_of(program);
  ++user.runs;
  user.process.compute(program_ns);
  if (user.runs == user.signalled_at)
    kernel::send_sig(SIGKILL, sim::Task(sim::Machine::running().self()));
  std::uint32_t counted = user.runs;
  for (std::size_t kind = storage_kinds; kind-- != 0;) {
    if (program.maps[kind] == nullptr) continue;
    const std::uint32_t found = kernel.count_in_storage(kind);
    // A copy of each CPU has counted those of its runs that were there.
    if (kind == 0 || found > counted) counted = found;
  }
  return counted;
}

}  // namespace

Subject::Subject(World& world, DefectBits defects, int locked_limit)
    : world_(world),
      kernel_(world.create<TestRun>(Parameters{.defects = Defects(defects)})),
      before_(world.create<TestRun>(Parameters{.defects = {}, .before = true})),
      locked_(world.create<kernel::Account>(kernel::Account{{0}, locked_limit})),
      in_memory_(world.create<kernel::atomic_t>()),
      maps_(world.create<std::array<Map, storage_kinds>>()) {
  for (Map& map : maps_) map = {&locked_, 1, &in_memory_};
  kernel::rcu_init(world, Cpu{static_cast<std::uint16_t>(world.machine().config().cpus - 1)});
  kernel_.init();
  before_.init();
}

User& Subject::user(std::uint32_t maps) {
  User& user = world_.create<User>();
  user.space = static_cast<UserSpace*>(kernel::user_map(world_, sizeof(UserSpace), "user"));
  user.program.code = &count_runs;
  user.program.process = &user.process;
  for (std::size_t kind = 0; kind < storage_kinds; ++kind)
    if ((maps >> kind & 1) != 0) user.program.maps[kind] = &maps_[kind];
  UserSpace& space = *user.space;
  Attributes& attributes = space.attributes;
  for (std::uint32_t i = 0; i < UserSpace::packet_bytes; ++i)
    space.packet[i] = static_cast<char>('a' + i);
  attributes.data_in = space.packet;
  attributes.data_size_in = UserSpace::packet_bytes;
  attributes.data_out = space.packet_out;
  attributes.data_size_out = UserSpace::packet_bytes;
  attributes.repeat = 1;
  attributes.results = no_results;
  return user;
}

void Subject::check_returned(const User& user) {
  world_.expect(!kernel::in_atomic() && !kernel::rcu_read_lock_held(),
                "a call leaves preemption and RCU as it found them");
  world_.expect(user.signalled_at == 0 || user.runs <= user.signalled_at,
                "a signal ends a call before the next run");
}

void Subject::check_results(const User& user, Kind kind, int result) {
  const Attributes& asked = user.space->attributes;
  const Results& results = asked.results;
  const std::uint32_t repeat = asked.repeat != 0 ? asked.repeat : 1;
  world_.expect(result != -EINTR || user.runs < repeat,
                "a signal ends no call that has made all its runs");
  if (result != 0 && result != -ENOSPC) {
    world_.expect(results == no_results, "a call that fails leaves the results alone");
    return;
  }
  world_.expect(user.runs == repeat, "a call that succeeds has made all its runs");
  world_.expect(results.retval == repeat, "the storage that a program finds is that of its call");
  world_.expect(results.duration == user.process.cpu_ns / repeat,
                "the duration of a run is what it has computed");
  world_.expect(
      results.data_size == (kind == Kind::flow_dissector ? sizeof(FlowKeys) : asked.data_size_in),
      "the user is told how much there is");
  if (kind == Kind::flow_dissector || asked.data_out == nullptr) return;
  const std::uint32_t room = asked.data_size_out != 0 ? asked.data_size_out : results.data_size;
  for (std::uint32_t i = 0; i < room && i < results.data_size; ++i)
    world_.expect(user.space->packet_out[i] == user.space->packet[i],
                  "of the packet the user gets all that there is room for");
}

int Subject::call(User& user, Kind kind) {
  const int result = kernel_.system_call(user.process, user.program, kind, &user.space->attributes);
  check_returned(user);
  check_results(user, kind, result);
  const Attributes& asked = user.space->attributes;
  const std::uint32_t repeat = asked.repeat != 0 ? asked.repeat : 1;
  world_.expect(user.process.gave_way < repeat, "a call gives way between its runs only");
  return result;
}

void Subject::finish_at_end() {
  world_.finally([this] {
    kernel_.exit();
    before_.exit();
    world_.expect(kernel::account_charged(&locked_) == 0, "all charges are given back");
  });
}

}  // namespace heddle::scenarios::bpf_test_run
