// Executions that cannot go on: contexts that wait for each other in a circle (deadlock), that wait
// for something nobody is left to do (hung task), or that loop until somebody else does something
// when nobody is left who could (livelock).
//
// A circle is found when it closes, while others still run: an edge leads from who waits for a lock
// to its owner, and from who may not run to who keeps its CPU busy. Several who loop for each other
// are found when they have looped for long, nobody has taken a step that changes anything, and
// nobody else could step.
#pragma once

#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

class DeadlockChecker final : public sim::Observer {
 public:
  /// So many rounds of cpu_relax() without an atomic write, a lock or the like are a livelock.
  static constexpr std::uint32_t rounds_max = 10'000;

  sim::EventMask events() const override;
  void begin(sim::Machine&) override {
    rounds_ = 0;
    looping_ = sim::ContextSet{};
    changes_ = 0;
  }
  void event(sim::Machine& machine, const sim::Event& event) override;
  void stuck(sim::Machine& machine) override;
  bool heeds_past() const override { return false; }
  bool archive(sim::Archive& archive) override {
    archive.values(looping_, changes_, rounds_);
    return true;
  }

 private:
  void loop(sim::Machine& machine, sim::ContextId id);
  /// Reports the circle that the chain of waiting from `start` runs into, if it does.
  bool find_circle(sim::Machine& machine, sim::ContextId start);
  void report_circle(sim::Machine& machine, sim::ContextSet members);
  void report_waiting(sim::Machine& machine, sim::ContextSet looping, sim::ContextSet others);

  sim::ContextSet looping_;    // who took part in the rounds
  std::uint64_t changes_ = 0;  // Machine::changes() then
  std::uint32_t rounds_ = 0;   // of cpu_relax() since somebody changed something
};

}  // namespace heddle::checkers
