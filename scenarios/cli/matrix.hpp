// What `heddle matrix` measures, as values, and how it is told.
#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/cli/exit_code.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/variant.hpp"
#include "scenarios/registry/runner.hpp"

namespace heddle::cli {

/// A switch and a scenario that expects to find it.
struct Cell {
  const scenarios::DefectInfo* defect = nullptr;
  const scenarios::Scenario* scenario = nullptr;  ///< nullptr: no scenario looks for it
  AppliedVariant applied;
  bool measured = false;
  bool found = false;
  sim::FindingKind kind{};       ///< found: one of the expected kinds
  std::uint64_t executions = 0;  ///< found: how many it took; else: how many were made
};

/// A scenario with nothing switched on: by sampling; then all traces, if those are few; else all
/// schedules with few preemptions, with as many of them as can be exhausted.
struct Fixed {
  const scenarios::Scenario* scenario = nullptr;
  scenarios::RunResult random;
  scenarios::RunResult verified;  ///< by optimal DPOR, with no bound on preemptions
  scenarios::RunResult dfs;       ///< within the largest bound that could be exhausted
  std::uint64_t searched = 0;     ///< executions of such searches within all bounds

  scenarios::Verdict verdict() const { return decisive().verdict; }
  bool exhaustive() const { return decisive().exhaustive; }
  /// The result that the verdict stands on: a finding, else an exhaustive search, else the other.
  const scenarios::RunResult& decisive() const;
  std::uint64_t executions() const;
};

/// What a design came to in a scenario that checks a property.
struct Guarantee {
  std::string design;  ///< as --variant takes it: "posted", "fixed", or a design's name
  Fixed result;        ///< without a search within bounds

  /// The finding that names the property, as "S1: …"; nullptr if there is none.
  const sim::Found* breach() const;
};
/// Does the finding name the property?
bool is_breach(const sim::Report& report, const scenarios::Scenario& scenario);

struct MatrixTable {
  const scenarios::Model* model = nullptr;
  std::vector<Guarantee> guarantees;  ///< by design, then by scenario
  std::vector<Cell> cells;            ///< by defect, then by scenario; each defect has one at least
  std::vector<Fixed> fixed;           ///< by scenario
  bool complete = false;              ///< nothing was interrupted
};

void tell(Results& results, const MatrixTable& table);
/// As DESIGN has it, and docs/json.md.
Json matrix_json(const MatrixTable& table);
ExitCode exit_code(const MatrixTable& table);

}  // namespace heddle::cli
