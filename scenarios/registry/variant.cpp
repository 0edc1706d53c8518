#include "scenarios/registry/variant.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "scenarios/registry/text_reader.hpp"

namespace heddle::scenarios {

const Scenario* find_scenario(std::string_view name) {
  const std::vector<Scenario>& all = all_scenarios();
  const auto at = std::lower_bound(
      all.begin(), all.end(), name,
      [](const Scenario& scenario, std::string_view wanted) { return scenario.name < wanted; });
  return at != all.end() && at->name == name ? &*at : nullptr;
}

std::optional<DefectBits> defects_of(const Scenario& scenario, std::string_view name) {
  if (scenario.model == nullptr)
    return name.empty() || name == "-" || name == "fixed" || name == "posted"
               ? std::optional<DefectBits>(0)
               : std::nullopt;
  if (name == "fixed") return 0;
  if (name == "posted") return scenario.model->posted();
  DefectBits bits = 0;
  for (;;) {
    const std::size_t comma = name.find(',');
    const int index = scenario.model->find(name.substr(0, comma));
    if (index < 0) return std::nullopt;
    bits |= DefectBits{1} << index;
    if (comma == name.npos) return bits;
    name.remove_prefix(comma + 1);
  }
}

std::optional<std::string> problem_with_workload(const Scenario& scenario, std::string_view text) {
  if (scenario.workload == nullptr) {
    if (text.empty()) return std::nullopt;
    return fmt::format("{} takes no workload", scenario.name);
  }
  if (text.empty()) return fmt::format("{} needs a workload", scenario.name);
  const traces::Result<std::unique_ptr<Workload>> parsed = scenario.workload->parse(text);
  if (parsed) return std::nullopt;
  constexpr std::size_t shown_bytes_max = 80;
  return fmt::format("the workload {} of {} cannot be read: {}", excerpt(text, shown_bytes_max),
                     scenario.name, parsed.error());
}

traces::Result<Variant> variant_of(const traces::Trace& trace) {
  Variant variant;
  variant.scenario = find_scenario(trace.scenario);
  if (variant.scenario == nullptr)
    return traces::Error{fmt::format(
        "the trace is of scenario {}, which this heddle does not have: see `heddle list`",
        trace.scenario)};
  const std::optional<DefectBits> defects = defects_of(*variant.scenario, trace.variant);
  if (!defects && trace.variant.empty())
    return traces::Error{
        fmt::format("the trace names no variant of {}: record it again", trace.scenario)};
  if (!defects)
    return traces::Error{
        fmt::format("the trace is of variant {} of {}, whose model has no such defect",
                    trace.variant, trace.scenario)};
  if (const auto problem = problem_with_workload(*variant.scenario, trace.workload))
    return traces::Error{*problem};
  variant.defects = *defects;
  variant.name = trace.variant;
  variant.interleave = trace.machine.interleave;
  variant.workload = trace.workload;
  return variant;
}

}  // namespace heddle::scenarios
