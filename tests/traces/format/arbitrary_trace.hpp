// Generated traces: any text in names, any number in numbers.
#pragma once

#include <string>
#include <vector>

#include <rapidcheck.h>

#include "traces/trace.hpp"

namespace heddle::tests {

inline rc::Gen<std::string> any_text() {
  return rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::inRange(' ', '\x7f'), rc::gen::arbitrary<char>()));
}
inline rc::Gen<std::string> any_name() {
  return rc::gen::oneOf(
      rc::gen::elementOf(std::vector<std::string>{"adder.1", "adder.2", "of", "x7", "run",
                                                  "checksum", "#", "a b", "\"q\""}),
      any_text());
}

inline traces::Choice any_choice() {
  traces::Choice choice;
  const auto least = std::uint32_t{2};
  choice.arity = *rc::gen::oneOf(rc::gen::inRange(least, std::uint32_t{9}),
                                 rc::gen::map(rc::gen::arbitrary<std::uint32_t>(),
                                              [least](std::uint32_t n) { return n | least; }));
  if (*rc::gen::inRange(0, 4) == 0) {
    choice.reason =
        static_cast<sim::Reason>(*rc::gen::inRange(1, static_cast<int>(sim::Reason::count_)));
    choice.value = *rc::gen::arbitrary<std::uint32_t>() % choice.arity;
    return choice;
  }
  choice.context = *any_name();
  choice.object = *any_name();
  choice.kind = static_cast<sim::EventKind>(
      *rc::gen::inRange(0, static_cast<int>(sim::EventKind::last_visible) + 1));
  return choice;
}

inline sim::MachineConfig any_machine() {
  sim::MachineConfig machine;
  machine.cpus = *rc::gen::inRange(std::uint16_t{1}, static_cast<std::uint16_t>(sim::cpus_max + 1));
  machine.preemption = static_cast<sim::Preemption>(*rc::gen::inRange(0, 3));
  machine.interleave = static_cast<sim::Interleave>(*rc::gen::inRange(0, 3));
  machine.allocation_faults = {*rc::gen::arbitrary<std::uint32_t>(),
                               *rc::gen::arbitrary<std::uint32_t>()};
  machine.limits = {*rc::gen::inRange<std::uint64_t>(0, sim::Limits::steps_most + 1),
                    *rc::gen::arbitrary<std::uint64_t>()};
  const int fields = *rc::gen::inRange(0, 4);
  for (int i = 0; i < fields; ++i)
    machine.racy.push_back({*any_name(), *rc::gen::inRange(std::uint64_t{0}, std::uint64_t{4096}),
                            *rc::gen::inRange(std::uint32_t{1}, std::uint32_t{4096})});
  return machine;
}

inline traces::Trace any_trace() {
  traces::Trace trace;
  trace.scenario = *any_text();
  trace.variant = *any_text();
  const int parameters = *rc::gen::inRange(0, 4);
  for (int i = 0; i < parameters; ++i) trace.parameters.push_back({*any_name(), *any_text()});
  trace.workload = *any_text();
  trace.machine = any_machine();
  trace.strategy = *any_text();
  trace.seed = *rc::gen::arbitrary<std::uint64_t>();
  trace.execution = *rc::gen::arbitrary<std::uint64_t>();
  trace.build = *any_text();
  if (*rc::gen::arbitrary<bool>())
    trace.finding = {static_cast<sim::FindingKind>(
                         *rc::gen::inRange(0, static_cast<int>(sim::finding_kind_count))),
                     *any_name(), *any_text()};
  const int runs = *rc::gen::inRange(0, 20);
  for (int i = 0; i < runs; ++i) {
    const traces::Choice choice = any_choice();
    const int times = *rc::gen::inRange(1, 4);
    for (int k = 0; k < times; ++k) trace.choices.push_back(choice);
  }
  return trace;
}

}  // namespace heddle::tests
