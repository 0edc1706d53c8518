// Searches the turning point of a trace's finding (turning_point.hpp) in this process: what
// Runner::turning_point has a child do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/turning_point.hpp"
#include "sim/choice/choice.hpp"
#include "sim/core/context_set.hpp"
#include "traces/trace.hpp"

namespace heddle::scenarios {

class TurningSearch {
 public:
  /// The rig is set up for the trace's variant. Both outlive this.
  TurningSearch(Rig& rig, const traces::Trace& trace, const TurningRequest& request);

  TurningPoint run();

 private:
  /// An execution as far as it matters here. Choices and what goes with them have one index.
  struct Made {
    std::vector<sim::Choice> choices;
    std::vector<sim::ContextSet> enabled;  ///< empty where a value was chosen
    std::vector<sim::StepIndex> steps;     ///< that the choice is about
    std::vector<std::size_t> findings;     ///< how many there were by then
    std::size_t choices_to_finding = 0;    ///< made when the trace's finding came
    bool finds = false;                    ///< the trace's finding
    bool ended = false;                    ///< by itself
    bool limited = false;                  ///< a limit was reached
  };
  class Noting;

  Made execute(sim::Chooser& chooser);
  /// Goes on after these choices as undisturbed as possible.
  Made follow(const std::vector<sim::Choice>& prefix);
  bool passes(const Made& made);
  bool may_go_on();
  std::optional<Made> avoid(const std::vector<sim::Choice>& prefix);
  std::optional<Made> sample(const std::vector<sim::Choice>& prefix);
  static bool advance(sim::Choice& choice, sim::ContextSet enabled, std::uint32_t first);
  void describe(const Made& passing, TurningPoint& point);

  Rig& rig_;
  const traces::Trace& trace_;
  const TurningRequest& request_;
  std::uint64_t executions_ = 0;
  bool exhaustive_ = true;
  bool otherwise_ = false;  // since the last choice that was looked at: TurningPoint::otherwise
  bool out_ = false;
};

}  // namespace heddle::scenarios
