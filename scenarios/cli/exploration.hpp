// One scenario's part of `heddle run`: what was asked, what came of it, and how it is told.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/cli/arguments.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/variant.hpp"
#include "scenarios/registry/runner.hpp"

namespace heddle::cli {

/// A scenario of the selection with what it runs with.
struct Planned {
  const scenarios::Scenario* scenario = nullptr;
  Workload workload;
};

/// What became of it.
struct Explored {
  const Planned* planned = nullptr;
  scenarios::RunResult result;
  std::vector<std::string> traces;  ///< by finding: where its trace is; "" if it was not written
  std::vector<std::string> pages;   ///< by finding: where its page is; "" if it was not written
  /// By finding: how its schedule was made smaller; nothing if that was not asked for or not
  /// possible.
  std::vector<std::optional<scenarios::MinimiseResult>> minimised;

  std::vector<sim::FindingKind> kinds() const;
  /// A limit that did not matter was reached, or none at all.
  bool settled() const { return result.verdict != scenarios::Verdict::inconclusive; }
};

/// How a scenario ended, as its line says it.
enum class Ending : std::uint8_t {
  ok,                ///< as expected
  failed,            ///< a finding nobody expected, or an expected one that did not come
  unsure,            ///< a limit was reached
  cut,               ///< interrupted before anything could be said
  nondeterministic,  ///< the same choices led elsewhere
  broken             ///< a bug of heddle
};
std::string_view word(Ending ending);
ExitCode exit_code(Ending ending);

/// @param single  just one execution was asked for: then a finding is a failure, whatever the
///                campaign is expected to find.
Ending ending_of(const Explored& explored, bool single);

/// Why the ending is what it is, where the findings alone do not tell; "" otherwise.
std::string explanation(const Explored& explored, Ending ending);

/// "3 scenarios, random, seed 0x5eed": what holds for all that follows.
std::string announcement(const std::vector<Planned>& plan, const RunOptions& options);

/// How wide the columns of all scenarios' lines are.
struct LineWidths {
  std::size_t name = 0;
  std::size_t variant = 0;
};
LineWidths line_widths(const std::vector<Planned>& plan);

/// The scenario's line, then its findings, each with the command that repeats it. The schedule of
/// the first finding is shown if `schedule`. The same for the same result: no times, no speeds.
void tell(Results& results, const Explored& explored, Ending ending, const RunOptions& options,
          LineWidths widths, bool schedule);

/// The command that makes just the execution again in which a finding was made.
std::string rerun_command(const Explored& explored, const RunOptions& options, std::size_t index);

/// "3 preemptions, 7 switches, 30 steps": how hard a schedule is to read.
std::string cost_text(const traces::Cost& cost);
/// The same as docs/json.md describes it.
Json cost_json(const traces::Cost& cost);

/// As docs/json.md describes it.
Json exploration_json(const Explored& explored, Ending ending);

/// The members that every row about a campaign has.
Json bounds_json(const scenarios::RunResult& result);

}  // namespace heddle::cli
