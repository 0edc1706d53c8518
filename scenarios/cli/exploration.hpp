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

/// A campaign that is to be made: a scenario with what it runs with.
struct Planned {
  const scenarios::Scenario* scenario = nullptr;
  AppliedVariant applied;
  CampaignSettings settings;
};

/// "portfolio", "pct:5", "verify", with the seed if it is not the usual one: what tells campaigns
/// with the same variant of a scenario apart.
std::string approach(const Planned& planned);

/// Where a campaign stands in the whole plan, all shards together, so that reports of shards can be
/// put together, and what is missing be seen.
struct PlanPosition {
  std::string id;  ///< equal for equal plans: what is run, and with which budgets
  std::size_t position = 0;
  std::size_t campaigns = 0;
  std::string shard;  ///< "2/5"; "": none was asked for
};
/// The position of a shard's campaign `index`. `lines` are those of all shards.
PlanPosition position_of(const std::vector<std::string>& lines, std::size_t index,
                         const ShardOption& shard);
Json plan_json(const PlanPosition& position);

/// "lu_ref/churn posted": a campaign in a sentence.
std::string title(const Planned& planned);

/// All that a campaign's result depends on, a line for each: what --resume and merging compare.
std::vector<std::string> lines_of(const std::vector<Planned>& plan);

/// The request to the runner that the plan comes to, without its callbacks.
scenarios::RunRequest request_for(const Planned& planned, std::uint32_t jobs);

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
/// The inverse of word(); nothing for a word that is none.
std::optional<Ending> ending_from(std::string_view word);
ExitCode exit_code(Ending ending);

/// Where just one execution was asked for, any finding is a failure, whatever the campaign is
/// expected to find.
Ending ending_of(const Explored& explored);

/// Why the ending is what it is, where the findings alone do not tell; "" otherwise.
std::string explanation(const Explored& explored, Ending ending);

/// "3 scenarios, random, seed 0x5eed": what holds for all that follows.
std::string announcement(std::size_t scenarios, const CampaignSettings& settings);

/// How wide the columns of all scenarios' lines are.
struct LineWidths {
  std::size_t name = 0;
  std::size_t variant = 0;
  std::size_t approach = 0;  ///< 0: all have the same, so it is not shown
};
LineWidths line_widths(const std::vector<Planned>& plan);

/// The scenario's line, then its findings, each with the command that repeats it. The schedule of
/// the first finding is shown if `schedule`. The same for the same result: no times, no speeds.
void tell(Results& results, const Explored& explored, Ending ending, LineWidths widths,
          bool schedule);

/// The command that makes just the execution again in which a finding was made.
std::string rerun_command(const Explored& explored, std::size_t index);

/// The shortest command that shows the finding again: a replay if its trace is kept, else that.
std::string replay_command(const Explored& explored, std::size_t index);

/// "3 preemptions, 7 switches, 30 steps": how hard a schedule is to read.
std::string cost_text(const traces::Cost& cost);
/// The same as docs/json.md describes it.
Json cost_json(const traces::Cost& cost);

/// As docs/json.md describes it.
Json exploration_json(const Explored& explored, Ending ending);

/// Optimal reduction makes just one execution for each trace; of the others it is not known.
bool counts_traces(const scenarios::RunResult& result);

/// The members that every row about a campaign has.
Json bounds_json(const scenarios::RunResult& result);

}  // namespace heddle::cli
