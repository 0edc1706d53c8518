#include "scenarios/registry/variant.hpp"

#include <algorithm>

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

}  // namespace heddle::scenarios
