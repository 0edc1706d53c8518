// The rig: the process's machine with everything that watches it, set up for one variant of a
// scenario. Every execution of a scenario, whatever it is for, is run here.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "checkers/set.hpp"
#include "scenarios/registry/scenario.hpp"
#include "scenarios/registry/variant.hpp"
#include "scenarios/registry/workload.hpp"
#include "sim/choice/choice.hpp"
#include "sim/core/outcome.hpp"
#include "sim/machine/crash.hpp"
#include "sim/machine/machine.hpp"
#include "traces/recorder.hpp"

namespace heddle::scenarios {

class Rig {
 public:
  /// Executions are of this variant from now on. Forgets what the checkers have learned.
  /// @pre the variant has a workload if its scenario takes one (checked).
  void set_up(const Variant& variant, const sim::MachineConfig& config);
  /// The same, but for the configuration; checkers keep what they have learned.
  void configure(const sim::MachineConfig& config);

  /// Only checkers that heed no past watch until it is set up anew (Observer::heeds_past).
  void forget_past();

  /// Runs one execution, watched by all checkers, and by `witness` after them if there is one.
  /// Crashes of the code under test end it with a finding.
  sim::Outcome run(sim::Chooser& chooser, sim::ChoiceLog log, sim::Observer* witness = nullptr);

  sim::Machine& machine() { return machine_; }
  checkers::RaceChecker& race() { return checkers_->race(); }
  /// What comes before what in the execution that runs, as the race checker sees it.
  const traces::CausalOrder& order() const { return order_; }

 private:
  struct Body {
    Scenario::Body function = nullptr;
    std::unique_ptr<Workload> workload;  // instead of the function
    DefectBits defects = 0;
  };
  class Order final : public traces::CausalOrder {
   public:
    explicit Order(Rig& rig) : rig_(rig) {}
    std::vector<std::uint32_t> clock(sim::ContextId id) const override;

   private:
    Rig& rig_;
  };

  void guard_this_process();
  void attach(sim::Observer* witness);

  sim::Machine machine_;
  std::unique_ptr<checkers::CheckerSet> checkers_;
  Order order_{*this};
  Body body_;
  sim::Observer* witness_ = nullptr;
  bool attached_ = false;
  bool forgets_past_ = false;
  std::unique_ptr<sim::CrashGuard> guard_;
  pid_t guarded_ = 0;  // the process that the guard was made in
  std::vector<std::unique_ptr<sim::Observer>> own_checkers_;  // of the scenario
};

}  // namespace heddle::scenarios
