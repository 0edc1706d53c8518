// Exploring a registered scenario from a test: what was found, with traces that replay. The macros
// for GoogleTest and RapidCheck are in heddle/testing.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/registry/runner.hpp"

namespace heddle {

using scenarios::StrategyKind;

struct ExploreOptions {
  StrategyKind strategy = StrategyKind::portfolio;
  std::optional<std::uint32_t> parameter =
      std::nullopt;                ///< of the strategy; default: the usual one
  std::uint64_t executions = 500;  ///< at most; 0: random: the scenario's own; dfs: no limit
  std::optional<std::uint32_t> preemptions = std::nullopt;  ///< dfs; default: the scenario's
  std::uint64_t seed = 0x5eed;
  std::string variant = "fixed";  ///< of the scenario's model, as --variant takes it
  std::uint32_t jobs = 1;
  std::string trace_folder = "heddle-out";  ///< "": no traces
};

/// What came of it. Schedules of findings are minimised.
struct Exploration {
  std::string scenario;
  std::string workload;
  std::string problem;  ///< why nothing was explored: an unknown name, a bad text; else ""
  scenarios::RunResult result;
  std::vector<std::string> traces;  ///< by finding: the file; "" if it could not be written

  /// Nothing was found, and no limit was reached.
  bool clean() const { return problem.empty() && result.verdict == scenarios::Verdict::clean; }
  bool found(sim::FindingKind kind) const;
  /// A few lines for people: verdict, workload, findings; last the command that replays the first
  /// one.
  std::string text() const;
};

/// Explores the scenario of this name; if it takes a workload, generated ones. The calling process
/// must be single-threaded, and has only the machine that this uses.
Exploration explore(std::string_view scenario, const ExploreOptions& options = {});

/// The same under one workload, given by its text.
Exploration explore_workload(std::string_view scenario, std::string workload,
                             const ExploreOptions& options = {});

/// The same under one workload.
template <class W>
Exploration explore(std::string_view scenario, const W& workload,
                    const ExploreOptions& options = {}) {
  return explore_workload(scenario, workload.text(), options);
}

/// For the main() of a test program: `PROGRAM replay TRACE`, and every other verb of heddle, work
/// on the scenarios that the program has. @returns the exit code if the arguments begin with a
/// verb.
std::optional<int> perform_verb(int count, char** arguments);

}  // namespace heddle
