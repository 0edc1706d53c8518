// Assertions of the code under test that are false (BUG_ON, WARN_ON, LASSERT and their like).
#pragma once

#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

class AssertionChecker final : public sim::Observer {
 public:
  sim::EventMask events() const override { return {sim::EventKind::assertion}; }
  void event(sim::Machine& machine, const sim::Event& event) override;
  bool heeds_past() const override { return false; }
  bool archive(sim::Archive&) override { return true; }
};

}  // namespace heddle::checkers
