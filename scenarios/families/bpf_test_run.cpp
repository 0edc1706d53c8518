// bpf_test_run: one user's calls, with all that can go wrong on the way.
#include <array>
#include <string_view>

#include "scenarios/families/bpf_test_run_support.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/resched.hpp"
#include "sim/kernel/signal.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/uaccess.hpp"

namespace heddle::scenarios::bpf_test_run {
namespace {

/// A kind of call, and so many runs, of a program with storage unless it dissects flows.
struct Asked {
  Kind kind;
  User* user;
};
Asked any_call(Subject& subject, std::uint32_t repeat_max) {
  World& world = subject.world();
  const auto kind = static_cast<Kind>(world.choose(3));
  User& user = subject.user(kind == Kind::flow_dissector ? 0 : 3);
  user.space->attributes.repeat = world.choose(repeat_max + 1);
  return {kind, &user};
}

void one_call(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  const Asked asked = any_call(subject, 3);
  const sim::Task task =
      world.task("user", Cpu{0}, [&subject, asked] { subject.call(*asked.user, asked.kind); });
  kernel::may_be_rescheduled(world, task, {.times = 3});
  world.finally([&world] {
    for (const sim::Block& block : world.machine().heap().blocks())
      world.expect(std::string_view(block.label) != "context",
                   "memory for a context is taken only where the user has one");
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/one_call", one_call)
    .model(model)
    .summary("a program is run up to three times, and told to give way now and then")
    .cpus(2)
    .finds(Defect::flow_test_inverted, FindingKind::invariant)
    .finds(Defect::context_always_allocated, FindingKind::invariant)
    .finds(Defect::gives_way_at_end, FindingKind::invariant)
    .finds(Defect::teardown_while_atomic, FindingKind::wrong_context)
    .finds(Defect::clock_not_restarted, FindingKind::invariant)
    .finds(Defect::divides_early, FindingKind::invariant);

void without_memory(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  const Asked asked = any_call(subject, 1);
  world.task("user", Cpu{0}, [&subject, &world, asked] {
    world.allocation_faults({.hard = 1});
    const int result = subject.call(*asked.user, asked.kind);
    world.allocation_faults({});
    world.expect(result == 0 || result == -ENOMEM, "a call succeeds, or memory is short");
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/without_memory", without_memory)
    .model(model)
    .summary("one of the allocations of a call fails")
    .cpus(2)
    .finds(Defect::array_unchecked, FindingKind::crash)
    .finds(Defect::runs_without_array, FindingKind::crash)
    .finds(Defect::failed_setup_frees_later, {FindingKind::leak, FindingKind::invariant});

void over_the_limit(World& world, DefectBits defects) {
  const int limit = static_cast<int>(world.choose(3));
  Subject& subject = world.create<Subject>(world, defects, limit);
  User& user = subject.user(3);
  world.task("user", Cpu{0}, [&subject, &world, &user, limit] {
    world.expect(subject.call(user, Kind::skb) == (limit < 2 ? -EPERM : 0),
                 "who may not lock as much memory is told so");
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/over_the_limit", over_the_limit)
    .model(model)
    .summary("the user may lock no, one or two pages of memory; the program's storage takes two")
    .finds(Defect::storage_errors_are_enomem, FindingKind::invariant)
    .finds(Defect::failed_setup_frees_later, {FindingKind::leak, FindingKind::invariant});

void run_again_and_again(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, 1);
  User& user = subject.user(1);
  world.task("user", Cpu{0}, [&subject, &world, &user] {
    for (int i = 0; i < 2; ++i) {
      user.space->attributes.results = no_results;
      user.runs = 0;
      user.process = {};
      const int result = subject.call(user, Kind::xdp);
      world.expect(result == 0 || (result == -EPERM && i != 0),
                   "a call succeeds, or what was used before is still charged");
    }
    world.expect(subject.pages_in_memory() <= 1, "nobody has more memory than it may lock");
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/run_again_and_again", run_again_and_again)
    .model(model)
    .summary("a user who may lock one page has a program run twice whose storage takes one")
    .cpus(2)
    .finds(Defect::uncharged_before_freed, FindingKind::invariant);

void killed(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  const Asked asked = any_call(subject, 2);
  const sim::Task task = world.task("user", Cpu{0}, [&subject, &world, asked] {
    const int result = subject.call(*asked.user, asked.kind);
    world.expect(result == 0 || result == -EINTR, "a call succeeds, or a signal ends it");
  });
  world.task("killer", Cpu{1}, [task] { kernel::send_sig(SIGKILL, task); });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/killed", killed)
    .model(model)
    .summary("a user is killed at any moment of a call")
    .cpus(3)
    .finds(Defect::flow_test_inverted, FindingKind::invariant)
    .finds(Defect::signal_skips_teardown, FindingKind::leak)
    .finds(Defect::teardown_while_atomic, FindingKind::wrong_context)
    .finds(Defect::signal_leaves_section, {FindingKind::invariant, FindingKind::hung_task});

void kills_itself(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  const Asked asked = any_call(subject, 3);
  asked.user->signalled_at = 1;
  const sim::Task task = world.task("user", Cpu{0}, [&subject, &world, asked] {
    const bool goes_on = asked.user->space->attributes.repeat > 1;
    world.expect(subject.call(*asked.user, asked.kind) == (goes_on ? -EINTR : 0),
                 "a signal ends a call that is not over");
  });
  kernel::may_be_rescheduled(world, task, {.times = 1});
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/kills_itself", kills_itself)
    .model(model)
    .summary("a signal comes while the program runs for the first time")
    .cpus(2)
    .finds(Defect::flow_test_inverted, FindingKind::invariant)
    .finds(Defect::signal_after_last_run, FindingKind::invariant)
    .finds(Defect::signal_seen_by_resched, FindingKind::invariant);

/// What an implementation of test runs for another type of program may call the helpers with.
struct Other {
  Subject& subject;
  User& user;
  bool sleeps;

  static std::uint32_t run(Program& program, TestRun& kernel, void* context, void* data) {
    if (static_cast<Other*>(data)->sleeps) kernel::might_sleep();
    return program.code(program, kernel, context);
  }
  int call(std::uint32_t flags) {
    kernel::Local<Results> verdict("verdict");
    const int result =
        subject.kernel().run(user.process, user.program, nullptr, 2, flags, {&run, this, sleeps},
                             &verdict->retval, &verdict->duration);
    // It adds up what its runs took, also those that a signal ended.
    if (result == 0 || result == -EINTR) user.process.now_ns += verdict->duration;
    subject.check_returned(user);
    return result;
  }
};

void helpers_for_others(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  User& user = subject.user(1);
  user.signalled_at = world.choose(2);
  const std::uint32_t flags = world.choose(4);
  Other& other = world.create<Other>(Other{subject, user, world.choose(2) != 0});
  world.task("user", Cpu{0}, [&world, &user, &other, flags] {
    int expected = user.signalled_at == 0 ? 0 : -EINTR;
    if (flags != flag_storage || other.sleeps) expected = -EINVAL;
    world.expect(other.call(flags) == expected, "the helper does what it is asked for, or refuses");
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/helpers_for_others", helpers_for_others)
    .model(model)
    .summary("another type of program is run with its own callback and any flags")
    .cpus(2)
    .finds(Defect::duration_unset_by_signal, FindingKind::uninitialised)
    .finds(Defect::callback_may_sleep, FindingKind::wrong_context)
    .finds(Defect::limits_unchecked, FindingKind::invariant);

void any_size_received(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  User& user = subject.user(0);
  constexpr std::array<std::uint32_t, 3> sizes = {8, page_bytes, 1u << 20};
  const std::uint32_t size = sizes[world.choose(3)];
  world.task("user", Cpu{0}, [&subject, &world, &user, size] {
    char* data = subject.kernel().receive(user.space->packet, 8, size, "received");
    if (!kernel::IS_ERR(data)) kernel::kfree(data);
    world.expect(kernel::IS_ERR(data) == (size > page_bytes), "nobody gets more than a page");
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/any_size_received", any_size_received)
    .model(model)
    .summary("another type of program receives as much as its user says")
    .cpus(2)
    .finds(Defect::limits_unchecked, FindingKind::invariant);

void copies_fault(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  const Asked asked = any_call(subject, 1);
  Attributes& attributes = asked.user->space->attributes;
  attributes.data_size_out = UserSpace::packet_bytes - 1 + world.choose(2);
  if (asked.kind == Kind::skb) {
    attributes.context_out = asked.user->space->context_out;
    attributes.context_size_out = sizeof(Context);
  }
  kernel::user_copies_may_fault(world, 1);
  world.task("user", Cpu{0}, [&subject, &world, asked] {
    const int result = subject.call(*asked.user, asked.kind);
    world.expect(result == 0 || result == -EFAULT || result == -ENOSPC,
                 "a call succeeds, or its user's memory faults or is too small");
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/copies_fault", copies_fault)
    .model(model)
    .summary("one of the copies from and to the user faults, at its beginning or halfway")
    .cpus(2)
    .finds(Defect::truncation_drops_result, FindingKind::invariant)
    .finds(Defect::results_in_pieces, FindingKind::invariant)
    .finds(Defect::fault_taken_for_truncation, FindingKind::invariant)
    .finds(Defect::size_before_data, FindingKind::invariant);

void user_writes_meanwhile(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects);
  User& user = subject.user(0);
  UserSpace& space = *user.space;
  space.attributes.context_in = space.context;
  space.attributes.context_size_in = sizeof(Context) + 1;
  space.attributes.context_out = space.context_out;
  space.attributes.context_size_out = sizeof(Context);
  auto* priority = reinterpret_cast<std::uint32_t*>(space.context) + 1;
  world.task("user", Cpu{0}, [&subject, &world, &user] {
    const int result = subject.call(user, Kind::skb);
    world.expect(result == 0 || result == -E2BIG, "a context is taken, or it is too large");
    const auto* out = reinterpret_cast<const Context*>(user.space->context_out);
    world.expect(result != 0 || out->priority == 0,
                 "the context that is taken is one that the user had");
  });
  world.task("writer", Cpu{1}, [&space, priority] {
    kernel::WRITE_ONCE(space.context[sizeof(Context)], 1);
    kernel::WRITE_ONCE(*priority, 1u);
  });
  subject.finish_at_end();
}
HEDDLE_SCENARIO("bpf_test_run/user_writes_meanwhile", user_writes_meanwhile)
    .model(model)
    .summary("another thread of the user changes the context that is passed in")
    .cpus(3)
    .finds(Defect::tail_fetched_apart, FindingKind::invariant);

}  // namespace
}  // namespace heddle::scenarios::bpf_test_run
