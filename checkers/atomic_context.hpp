// Sleeping where it is forbidden: with preemption, softirqs or interrupts off, or in an interrupt
// handler. Also where the code would have slept only sometimes, as might_sleep() tells.
#pragma once

#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

class AtomicContextChecker final : public sim::Observer {
 public:
  sim::EventMask events() const override;
  void event(sim::Machine& machine, const sim::Event& event) override;
  bool heeds_past() const override { return false; }
  bool archive(sim::Archive&) override { return true; }
};

}  // namespace heddle::checkers
