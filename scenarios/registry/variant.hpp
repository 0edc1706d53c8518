// A variant: which world is executed. What a request, a subject and a trace's header agree on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scenarios/registry/scenario.hpp"
#include "sim/machine/config.hpp"
#include "traces/result.hpp"
#include "traces/trace.hpp"

namespace heddle::scenarios {

struct Variant {
  const Scenario* scenario = nullptr;
  DefectBits defects = 0;
  /// "posted", "fixed", or ids of defects with commas between; "" for a scenario without a model.
  std::string name = "fixed";
  /// Default: the scenario's; but depth-first search takes sync for racy, as what it makes steps of
  /// must not change on its way.
  std::optional<sim::Interleave> interleave;
  /// The text of the workload; "": it is to be generated, or the scenario has none.
  std::string workload{};
};

/// The scenario of this name, or nullptr.
const Scenario* find_scenario(std::string_view name);

/// The defects that a variant's name stands for. @returns nothing if the scenario's model has no
/// such defect.
std::optional<DefectBits> defects_of(const Scenario& scenario, std::string_view name);

/// What is wrong with the text as a workload of this scenario, in one sentence; "" stands for none.
/// @returns nothing if it is right.
std::optional<std::string> problem_with_workload(const Scenario& scenario, std::string_view text);

/// What a trace is of. @returns the variant, or one sentence on why there is no such here.
traces::Result<Variant> variant_of(const traces::Trace& trace);

}  // namespace heddle::scenarios
