// Running the classics in tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/runner.hpp"

namespace heddle::tests {

using scenarios::RunRequest;
using scenarios::RunResult;
using scenarios::Scenario;

/// The portfolio on this scenario.
inline RunRequest classic(const std::string& name) {
  RunRequest request;
  request.variant.scenario = scenarios::find_scenario(name);
  EXPECT_NE(request.variant.scenario, nullptr) << name;
  request.strategy = scenarios::StrategyKind::portfolio;
  return request;
}

/// The classics' names that `wanted` wants.
template <class Predicate>
std::vector<std::string> classics(Predicate&& wanted) {
  std::vector<std::string> names;
  for (const Scenario& scenario : scenarios::all_scenarios())
    if (scenario.name.starts_with("classics/") && wanted(scenario)) names.push_back(scenario.name);
  return names;
}

/// SafeStack needs millions of schedules, the others some hundreds.
inline std::vector<std::string> quick_buggy_classics() {
  return classics([](const Scenario& scenario) {
    return !scenario.always.empty() && scenario.name != "classics/safestack";
  });
}

inline std::vector<std::string> right_classics() {
  return classics([](const Scenario& scenario) { return scenario.always.empty(); });
}

/// Those with few enough schedules within two preemptions. Twenty tasks have too many without any;
/// two tasks that spin can keep each other going for ever.
inline std::vector<std::string> small_right_classics() {
  return classics([](const Scenario& scenario) {
    return scenario.always.empty() && scenario.machine.cpus <= 5 &&
           scenario.name != "classics/bounded_buffer_fixed" &&
           scenario.name != "classics/iwsq_fixed";
  });
}

/// As a part of a test's name: "reorder_10".
inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
  return info.param.substr(info.param.find('/') + 1);
}

/// The portfolio finds what the scenario expects.
inline void expect_found(const std::string& name, std::uint64_t seed, bool first_only,
                         std::uint64_t executions = 10'000) {
  RunRequest request = classic(name);
  request.seed = seed;
  request.executions = executions;
  if (first_only) request.enough = [](const sim::Report&) { return true; };
  const RunResult result = runner().run(request);
  for (const sim::FindingKind kind : request.variant.scenario->always)
    EXPECT_TRUE(std::any_of(result.campaign.findings.begin(), result.campaign.findings.end(),
                            [kind](const sim::Found& found) { return found.report.kind == kind; }))
        << name << " with seed " << seed << ": " << result.verdict_text;
}

}  // namespace heddle::tests
