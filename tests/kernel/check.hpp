// What all checkers together find in programs for the kernel vocabulary.
#pragma once

#include <cstdint>

#include "checkers/set.hpp"
#include "tests/support/explore.hpp"

namespace heddle::tests {

/// Explores `body`, a void (World&), with every checker attached.
template <class Body>
Exploration check(const sim::MachineConfig& config, Body&& body, std::uint64_t executions = 100) {
  static checkers::CheckerSet checkers;
  machine().configure(config);
  machine().detach_all();
  checkers.attach_to(machine());
  return explore_attached(executions, body);
}

/// The same for a body that is one task, alone on the only CPU.
template <class Body>
Exploration check_task(Body&& body, std::uint64_t executions = 1) {
  return check(
      with_cpus(1), [&body](sim::World& world) { world.task("task", sim::Cpu{0}, body); },
      executions);
}

}  // namespace heddle::tests
