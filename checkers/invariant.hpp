// Invariants that a scenario promises (World::invariant): evaluated whenever their lock is about to
// be released, which is when what it guards must be whole.
#pragma once

#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

class InvariantChecker final : public sim::Observer {
 public:
  sim::EventMask events() const override { return {sim::EventKind::unlock}; }
  void event(sim::Machine& machine, const sim::Event& event) override;
  bool heeds_past() const override { return false; }
  bool archive(sim::Archive&) override { return true; }
};

}  // namespace heddle::checkers
