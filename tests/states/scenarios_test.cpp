// Each scenario, posted and fixed: a search that compares states finds what one of all executions
// finds, as far as that comes.
#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "scenarios/registry/rig.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/explore/order.hpp"
#include "sim/machine/snapshots.hpp"
#include "traces/report.hpp"

namespace heddle::scenarios {
namespace {

Rig& rig() {
  static Rig instance;
  return instance;
}

struct Searched {
  std::set<std::string> findings;
  std::uint64_t executions = 0;
  std::uint64_t states = 0;
  bool exhausted = false;
};

Searched search(const Variant& variant, bool match_states, std::uint64_t executions_max) {
  sim::MachineConfig config = variant.scenario->machine;
  config.limits.steps_max = 2'000;
  if (config.interleave == sim::Interleave::racy) config.interleave = sim::Interleave::sync;
  rig().set_up(variant, config);
  rig().forget_past();
  const sim::StayOrder order;
  sim::DepthFirstSearch dfs(*std::pmr::new_delete_resource(), order,
                            {sim::no_preemption_bound, 10'000, match_states});
  Searched made;
  for (; made.executions < executions_max && dfs.has_next(); ++made.executions) {
    dfs.end(rig().run(dfs.begin(made.executions), {}));
    EXPECT_FALSE(dfs.diverged()) << variant.scenario->name;
    for (const sim::Finding& finding : rig().machine().findings())
      made.findings.insert(traces::fingerprint(finding));
  }
  made.states = dfs.states();
  made.exhausted = !dfs.has_next();
  return made;
}

std::string family_of(const Scenario& scenario) {
  return scenario.name.substr(0, scenario.name.find('/'));
}

std::set<std::string> families() {
  std::set<std::string> names;
  for (const Scenario& scenario : all_scenarios())
    if (scenario.workload == nullptr) names.insert(family_of(scenario));
  return names;
}

void expect_alike(const Variant& variant) {
  const Searched all = search(variant, false, 1'500);
  const Searched compared = search(variant, true, 3'000);
  const std::string what =
      variant.scenario->name + " with defects " + std::to_string(variant.defects);
  if (all.exhausted) {
    EXPECT_TRUE(compared.exhausted) << what;
    EXPECT_EQ(compared.findings, all.findings) << what;
    EXPECT_LE(compared.executions, all.executions) << what;
  } else if (compared.exhausted) {
    EXPECT_TRUE(std::ranges::includes(compared.findings, all.findings)) << what;
  }
}

class EveryScenariosStates : public testing::TestWithParam<std::string> {};

TEST_P(EveryScenariosStates, HoldWhatItsExecutionsFind) {
  if (!sim::has_snapshots) GTEST_SKIP() << "stacks cannot be compared here";
  for (const Scenario& scenario : all_scenarios()) {
    if (scenario.workload != nullptr || family_of(scenario) != GetParam()) continue;
    Variant variant;
    variant.scenario = &scenario;
    if (scenario.model != nullptr) variant.defects = scenario.model->posted();
    expect_alike(variant);
    if (variant.defects == 0) continue;
    variant.defects = 0;
    expect_alike(variant);
  }
}

INSTANTIATE_TEST_SUITE_P(States, EveryScenariosStates, testing::ValuesIn(families()),
                         [](const auto& family) { return family.param; });

}  // namespace
}  // namespace heddle::scenarios
