// bpf_test_run: every combination of arguments, held against the functions before the split.
#include <array>

#include "checkers/differential.hpp"
#include "scenarios/families/bpf_test_run_support.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::scenarios::bpf_test_run {
namespace {

using checkers::Agreement;
using checkers::Tape;

/// What a call leaves with its user.
struct Outcome {
  int result = 0;
  bool has_bad_memory = false;
  Results results{};
  std::array<char, UserSpace::packet_bytes> packet{};
  std::array<char, sizeof(Context)> context{};
};

bool succeeds(int result) { return result == 0 || result == -ENOSPC; }

constexpr std::array<Agreement<Outcome>, 4> agreements = {{
    {"a call ends as before the split, but that a fault is always told as one",
     [](const Outcome& before, const Outcome& now) {
       const bool fault_told = before.result == -ENOSPC && now.result == -EFAULT;
       return now.result == before.result || (fault_told && before.has_bad_memory);
     }},
    {"a call that succeeds delivers the same numbers as before the split",
     [](const Outcome& before, const Outcome& now) {
       return !succeeds(now.result) || now.results == before.results;
     }},
    {"a call that succeeds delivers the same packet as before the split",
     [](const Outcome& before, const Outcome& now) {
       return !succeeds(now.result) || now.packet == before.packet;
     }},
    {"a call that succeeds delivers the same context as before the split",
     [](const Outcome& before, const Outcome& now) {
       return !succeeds(now.result) || now.context == before.context;
     }},
}};

/// No memory, good memory, or an address without any.
void* any_memory(Tape& tape, void* good, bool& has_bad) {
  const std::uint32_t chosen = tape.choose(3);
  has_bad = has_bad || chosen == 2;
  return chosen == 0 ? nullptr : chosen == 1 ? good : unmapped();
}

/// The arguments, from no context to one that is too large. @returns whether some memory is bad.
bool ask(Tape& tape, UserSpace& space) {
  Attributes& asked = space.attributes;
  bool has_bad = false;
  asked.data_out = any_memory(tape, space.packet_out, has_bad);
  constexpr std::array<std::uint32_t, 4> hints = {
      0, UserSpace::packet_bytes - 1, UserSpace::packet_bytes, UserSpace::packet_bytes + 1};
  asked.data_size_out = hints[tape.choose(4)];
  asked.context_in = any_memory(tape, space.context, has_bad);
  asked.context_out = any_memory(tape, space.context_out, has_bad);
  auto& context = *reinterpret_cast<Context*>(space.context);
  context.priority = 5;
  context.cb = 6;
  constexpr std::uint32_t exact = sizeof(Context);
  constexpr std::array<std::uint32_t, 6> sizes = {0,         exact - 4, exact,
                                                  exact + 2, exact + 2, page_bytes + 1};
  const std::uint32_t size = tape.choose(6);
  asked.context_size_in = sizes[size];
  if (size == 4) space.context[exact + 1] = 1;
  constexpr std::array<std::uint32_t, 3> rooms = {0, exact - 1, exact};
  asked.context_size_out = rooms[tape.choose(3)];
  return has_bad;
}

/// A call of a program that changes nothing.
Outcome outcome_of(Tape& tape, TestRun& kernel, User& user, Kind kind) {
  UserSpace& space = *user.space;
  Outcome outcome;
  outcome.has_bad_memory = ask(tape, space);
  outcome.result = kernel.system_call(user.process, user.program, kind, &space.attributes);
  outcome.results = space.attributes.results;
  __builtin_memcpy(outcome.packet.data(), space.packet_out, sizeof space.packet_out);
  __builtin_memcpy(outcome.context.data(), space.context_out, sizeof space.context_out);
  return outcome;
}

void compare_kind(World& world, DefectBits defects, Kind kind) {
  Subject& subject = world.create<Subject>(world, defects);
  User& first = subject.user(0);
  User& second = subject.user(0);
  world.task("user", Cpu{0}, [&world, &subject, &first, &second, kind] {
    checkers::compare<Outcome>(
        world, [&](Tape& tape) { return outcome_of(tape, subject.before(), first, kind); },
        [&](Tape& tape) { return outcome_of(tape, subject.kernel(), second, kind); }, agreements);
    const Results& results = second.space->attributes.results;
    world.expect(second.space->attributes.results == no_results || results.duration != untouched,
                 "who finds any number changed finds them all");
  });
  subject.finish_at_end();
}

void skb_arguments(World& world, DefectBits defects) { compare_kind(world, defects, Kind::skb); }
HEDDLE_SCENARIO("bpf_test_run/skb_arguments", skb_arguments)
    .model(model)
    .summary("every combination of good, bad, short and long arguments, on a socket buffer")
    .cpus(2)
    .finds(Defect::truncation_drops_result, FindingKind::invariant)
    .finds(Defect::size_query_lost, FindingKind::invariant)
    .finds(Defect::null_with_size_refused, FindingKind::invariant)
    .finds(Defect::exact_size_truncates, FindingKind::invariant)
    .finds(Defect::size_before_data, FindingKind::invariant);

void xdp_arguments(World& world, DefectBits defects) { compare_kind(world, defects, Kind::xdp); }
HEDDLE_SCENARIO("bpf_test_run/xdp_arguments", xdp_arguments)
    .model(model)
    .summary("the same as a driver sees packets, where no context is taken")
    .cpus(2)
    .finds(Defect::truncation_drops_result, FindingKind::invariant)
    .finds(Defect::null_with_size_refused, FindingKind::invariant);

void flow_arguments(World& world, DefectBits defects) {
  compare_kind(world, defects, Kind::flow_dissector);
}
HEDDLE_SCENARIO("bpf_test_run/flow_arguments", flow_arguments)
    .model(model)
    .summary("the same for a flow dissector, which gives back what it has found")
    .cpus(2)
    .finds(Defect::flow_test_inverted, FindingKind::invariant)
    .finds(Defect::size_query_lost, FindingKind::invariant);

}  // namespace
}  // namespace heddle::scenarios::bpf_test_run
