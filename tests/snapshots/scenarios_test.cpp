// Each scenario, posted and fixed: executions that go on from saved states are the same, and find
// the same, as those that run from the start.
#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "checkers/digest.hpp"
#include "scenarios/registry/rig.hpp"
#include "sim/choice/random.hpp"
#include "sim/explore/dpor.hpp"
#include "sim/machine/snapshots.hpp"

namespace heddle::scenarios {
namespace {

Rig& rig() {
  static Rig instance;
  return instance;
}

/// What is seen of an execution.
struct Seen {
  sim::Outcome outcome{};
  std::uint64_t steps = 0;
  std::uint64_t digest = 0;
  std::vector<std::uint64_t> findings;

  friend bool operator==(const Seen&, const Seen&) = default;
};

std::uint64_t number_of(const sim::Finding& finding) {
  std::uint64_t number = static_cast<std::uint64_t>(finding.kind);
  for (std::size_t i = 0; i < finding.actor_count; ++i)
    number = number * 31 + finding.actors[i].place.pc + finding.actors[i].step;
  return number * 31 + finding.object.bits;
}

struct Search {
  std::vector<Seen> executions;
  std::uint64_t kept = 0;
};

/// Sets the rig up with a digest beside its checkers, which belongs to a state as they do.
void set_up(const Variant& variant, bool snapshots, sim::MachineConfig config,
            checkers::Digest& digest) {
  config.limits.steps_max = 3'000;
  rig().set_up(variant, config);
  sim::RandomChooser any;
  rig().run(any, {});  // it attaches its checkers then
  rig().machine().use_snapshots(snapshots);
  rig().machine().attach(digest);
}

Seen run(sim::Chooser& chooser, const checkers::Digest& digest) {
  const sim::Outcome outcome = rig().run(chooser, {});
  const sim::Machine& machine = rig().machine();
  Seen seen{outcome, machine.steps(), digest.value(), {}};
  for (const sim::Finding& finding : machine.findings())
    seen.findings.push_back(number_of(finding));
  return seen;
}

/// Where fields are given, their plain accesses are steps.
Search search(const Variant& variant, bool snapshots, const std::vector<sim::RacyField>& racy) {
  constexpr std::uint64_t executions_max = 150;
  sim::MachineConfig config = variant.scenario->machine;
  config.relaxing = sim::Relaxing::spins;
  if (!racy.empty()) config.interleave = sim::Interleave::racy;
  config.racy = racy;
  checkers::Digest digest;
  set_up(variant, snapshots, config, digest);
  sim::Dpor dpor(*std::pmr::new_delete_resource(), {sim::Reduction::optimal, 1'000});
  Search made;
  for (std::uint64_t i = 0; i < executions_max && dpor.has_next(); ++i) {
    made.executions.push_back(run(dpor.begin(i), digest));
    dpor.end(made.executions.back().outcome);
    EXPECT_FALSE(dpor.diverged()) << variant.scenario->name;
    made.kept += rig().machine().steps_kept();
  }
  rig().machine().detach_all();
  return made;
}

/// Random executions, which begin at the state before the first choice.
std::vector<Seen> sample(const Variant& variant, bool snapshots) {
  constexpr std::uint64_t executions = 60;
  checkers::Digest digest;
  set_up(variant, snapshots, variant.scenario->machine, digest);
  sim::RandomChooser chooser;
  std::vector<Seen> made;
  for (std::uint64_t i = 0; i < executions; ++i) {
    chooser.seed(i);
    made.push_back(run(chooser, digest));
  }
  rig().machine().detach_all();
  return made;
}

std::string family_of(const Scenario& scenario) {
  return scenario.name.substr(0, scenario.name.find('/'));
}

bool is_searched(const Scenario& scenario) {
  return scenario.workload == nullptr && scenario.checkers.empty() &&
         scenario.machine.time != sim::Time::clock;
}

std::set<std::string> families() {
  std::set<std::string> names;
  for (const Scenario& scenario : all_scenarios())
    if (is_searched(scenario)) names.insert(family_of(scenario));
  return names;
}

/// How much was searched, and how many steps were not taken again.
struct Total {
  std::uint64_t executions = 0;
  std::uint64_t kept = 0;
};

void expect_alike(Total& total, const Variant& variant,
                  const std::vector<sim::RacyField>& racy = {}) {
  const Search with = search(variant, true, racy);
  const Search without = search(variant, false, racy);
  const auto [mine, other] = std::mismatch(with.executions.begin(), with.executions.end(),
                                           without.executions.begin(), without.executions.end());
  EXPECT_TRUE(mine == with.executions.end() && other == without.executions.end())
      << variant.scenario->name << " with defects " << variant.defects
      << ": the first execution that differs is the one of index "
      << mine - with.executions.begin();
  EXPECT_EQ(without.kept, 0u);
  total.executions += with.executions.size();
  total.kept += with.kept;
}

class EveryScenario : public testing::TestWithParam<std::string> {};

TEST_P(EveryScenario, IsSearchedAlikeFromSavedStates) {
  Total total;
  for (const Scenario& scenario : all_scenarios()) {
    if (!is_searched(scenario) || family_of(scenario) != GetParam()) continue;
    Variant variant;
    variant.scenario = &scenario;
    if (scenario.model != nullptr) variant.defects = scenario.model->posted();
    expect_alike(total, variant);
    const std::vector<sim::RacyField> racy = rig().race().racy_fields();
    if (!racy.empty()) expect_alike(total, variant, racy);
    if (variant.defects == 0) continue;
    variant.defects = 0;
    expect_alike(total, variant);
  }
  rig().machine().use_snapshots(true);
  if (total.executions > 100) {
    EXPECT_EQ(total.kept != 0, sim::has_snapshots);
  }
}

TEST_P(EveryScenario, IsSampledAlikeFromTheStateBeforeTheFirstChoice) {
  for (const Scenario& scenario : all_scenarios()) {
    if (scenario.workload != nullptr || family_of(scenario) != GetParam()) continue;
    Variant variant;
    variant.scenario = &scenario;
    if (scenario.model != nullptr) variant.defects = scenario.model->posted();
    EXPECT_TRUE(sample(variant, true) == sample(variant, false)) << scenario.name;
  }
  rig().machine().use_snapshots(true);
}

INSTANTIATE_TEST_SUITE_P(Snapshots, EveryScenario, testing::ValuesIn(families()),
                         [](const auto& family) { return family.param; });

}  // namespace
}  // namespace heddle::scenarios
