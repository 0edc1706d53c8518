// A scenario's variant as the subject of a campaign: what workers execute, and how they tell what
// they found.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/variant.hpp"
#include "sim/explore/campaign.hpp"
#include "sim/machine/config.hpp"
#include "traces/recorder.hpp"
#include "traces/trace.hpp"

namespace heddle::scenarios {

/// A trace without its finding, its execution and its choices: what all traces of a campaign share.
traces::Trace trace_header(const Variant& variant, const sim::MachineConfig& config,
                           std::string strategy, std::uint64_t seed);

/// A complete trace file of what was recorded, and the finding in words.
sim::Report report_of(traces::Trace header, const traces::Recording& recording,
                      const traces::RecordedFinding& finding);

/// "the process was killed by signal 6 (Aborted)".
std::string words_for(const sim::Death& death);

/// Records an execution that ended with its process, whose choices `chooser` repeats. The last of
/// `choices` of them is made, but not executed. Its last finding is the death, which keeps a
/// pointer to `detail`. Replaces the rig's last execution.
traces::Recording record_death(Rig& rig, const std::string& detail, sim::Chooser& chooser,
                               std::size_t choices, const traces::CausalOrder* order = nullptr);

/// The complete trace file of such an execution.
sim::Report report_of_death(Rig& rig, traces::Trace header, const sim::Death& death,
                            sim::Chooser& chooser, std::size_t choices);

class ScenarioSubject final : public sim::Subject {
 public:
  /// `header` says which machine; the rig is set up for its variant.
  ScenarioSubject(Rig& rig, traces::Trace header);

  sim::Outcome run(sim::Chooser& chooser, sim::ChoiceLog log) override {
    return rig_.run(chooser, log);
  }
  void begin_phase(std::span<const std::string> facts) override;
  void take_facts(std::vector<std::string>& facts) override;
  std::span<const sim::Finding> findings() const override { return rig_.machine().findings(); }
  sim::Report describe(const sim::Finding& finding, std::uint64_t index,
                       std::span<const sim::Choice> choices) override;
  sim::Report describe(const sim::Death& death, std::uint64_t index,
                       std::span<const sim::Choice> choices) override;

 private:
  Rig& rig_;
  traces::Trace header_;
  std::set<sim::RacyField> told_;
};

}  // namespace heddle::scenarios
