#include "scenarios/registry/rig.hpp"

#include <utility>

#include <unistd.h>

#include "sim/core/check.hpp"
#include "sim/machine/world.hpp"

namespace heddle::scenarios {

void Rig::set_up(const Variant& variant, const sim::MachineConfig& config) {
  HEDDLE_CHECK(variant.scenario != nullptr, "a variant names a scenario");
  const Scenario& scenario = *variant.scenario;
  body_ = {scenario.body, nullptr, variant.defects};
  if (scenario.workload != nullptr) {
    traces::Result<std::unique_ptr<Workload>> parsed = scenario.workload->parse(variant.workload);
    HEDDLE_CHECK(bool(parsed), "the text of a workload is checked before it is used");
    body_.workload = std::move(*parsed);
  }
  HEDDLE_CHECK((body_.function != nullptr) != (body_.workload != nullptr),
               "a scenario has a body or a workload");
  machine_.detach_all();
  attached_ = forgets_past_ = false;
  checkers_ = std::make_unique<checkers::CheckerSet>();
  own_checkers_.clear();
  for (const Scenario::MakesChecker make : scenario.checkers) own_checkers_.push_back(make());
  configure(config);
}

void Rig::configure(const sim::MachineConfig& config) {
  machine_.configure(config);
  machine_.assume_same_setup();
}

void Rig::forget_past() {
  forgets_past_ = true;
  for (const std::string_view name : checkers::CheckerSet::names)
    if (checkers_->heeds_past(name)) checkers_->without(name);
  attached_ = false;
}

void Rig::attach(sim::Observer* witness) {
  machine_.detach_all();
  checkers_->attach_to(machine_);
  for (const auto& checker : own_checkers_)
    if (!forgets_past_ || !checker->heeds_past()) machine_.attach(*checker);
  if (witness != nullptr) machine_.attach(*witness);
  witness_ = witness;
  attached_ = true;
}

std::vector<std::uint32_t> Rig::Order::clock(sim::ContextId id) const {
  const checkers::HappensBefore& order = rig_.race().order();
  std::vector<std::uint32_t> clock;
  for (std::size_t i = 0; id.value < order.contexts() && i < order.contexts(); ++i)
    clock.push_back(order.known(id, sim::ContextId{static_cast<std::uint16_t>(i)}));
  return clock;
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
                             sim::World& world = sim::World::of(sim::Machine::running());
                             if (b.workload != nullptr)
                               b.workload->set_up(world, b.defects);
                             else
                               b.function(world, b.defects);
                           },
                           &body_};
  const sim::Outcome outcome = machine_.run(body, chooser, log);
  // A witness may be gone before the next execution.
  if (witness != nullptr) attach(nullptr);
  return outcome;
}

}  // namespace heddle::scenarios
