// Leaks: blocks that are still there when every task has ended. One finding for each place that
// allocated some; its number is how many blocks of the execution are left from there.
#pragma once

#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

/// Looks at executions that finished. Where a context was parked (stopped for good by a panic) what
/// it held is not counted as leaked, nor is anything else.
class LeakChecker final : public sim::Observer {
 public:
  void end(sim::Machine& machine, sim::Outcome outcome) override;
  bool heeds_past() const override { return false; }
  bool archive(sim::Archive&) override { return true; }
};

}  // namespace heddle::checkers
