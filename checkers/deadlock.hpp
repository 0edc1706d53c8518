// Executions that cannot go on: contexts that wait for each other in a circle (deadlock), that wait
// for something nobody is left to do (hung task), or that loop until somebody else does something
// when nobody is left who could (livelock).
//
// A circle is found when it closes, while others still run: an edge leads from who waits for a lock
// to its owner, and from who may not run to who keeps its CPU busy.
#pragma once

#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

class DeadlockChecker final : public sim::Observer {
 public:
  sim::EventMask events() const override;
  void event(sim::Machine& machine, const sim::Event& event) override;
  void stuck(sim::Machine& machine) override;

 private:
  /// Reports the circle that the chain of waiting from `start` runs into, if it does.
  bool find_circle(sim::Machine& machine, sim::ContextId start);
  void report_circle(sim::Machine& machine, sim::ContextSet members);
};

}  // namespace heddle::checkers
