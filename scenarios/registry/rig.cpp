#include "scenarios/registry/rig.hpp"

#include <unistd.h>

#include "sim/core/check.hpp"
#include "sim/machine/world.hpp"

namespace heddle::scenarios {

void Rig::set_up(const Scenario& scenario, DefectBits defects, const sim::MachineConfig& config) {
  HEDDLE_CHECK(scenario.body != nullptr, "a scenario has a body");
  body_ = {scenario.body, defects};
  machine_.detach_all();
  attached_ = false;
  checkers_ = std::make_unique<checkers::CheckerSet>();
  machine_.configure(config);
}

void Rig::attach(sim::Observer* witness) {
  machine_.detach_all();
  checkers_->attach_to(machine_);
  if (witness != nullptr) machine_.attach(*witness);
  witness_ = witness;
  attached_ = true;
}

void Rig::guard_this_process() {
  if (guarded_ == getpid()) return;
  guard_.reset();
  guard_ = std::make_unique<sim::CrashGuard>(machine_);
  guarded_ = getpid();
}

sim::Outcome Rig::run(sim::Chooser& chooser, sim::ChoiceLog log, sim::Observer* witness) {
  HEDDLE_CHECK(checkers_ != nullptr, "a rig is set up before it runs");
  guard_this_process();
  if (!attached_ || witness_ != witness) attach(witness);
  const sim::Callable body{[](void* argument) {
                             const Body& b = *static_cast<const Body*>(argument);
                             b.function(sim::World::of(sim::Machine::running()), b.defects);
                           },
                           &body_};
  const sim::Outcome outcome = machine_.run(body, chooser, log);
  // A witness may be gone before the next execution.
  if (witness != nullptr) attach(nullptr);
  return outcome;
}

}  // namespace heddle::scenarios
