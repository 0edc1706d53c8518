#include "scenarios/cli/exploration.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"

namespace heddle::cli {
namespace {

using scenarios::RunResult;
using sim::Found;

struct EndingText {
  std::string_view word;
  ExitCode code;
};
constexpr std::array<EndingText, 6> ending_texts = {{{"ok", ExitCode::as_expected},
                                                     {"FAIL", ExitCode::finding},
                                                     {"unsure", ExitCode::inconclusive},
                                                     {"cut", ExitCode::interrupted},
                                                     {"NONDET", ExitCode::nondeterminism},
                                                     {"BROKEN", ExitCode::our_bug}}};
constexpr std::size_t ending_width = 6;

Results::Tone tone(Ending ending) {
  if (ending == Ending::ok) return Results::Tone::good;
  const bool unsure = ending == Ending::unsure || ending == Ending::cut;
  return unsure ? Results::Tone::unsure : Results::Tone::bad;
}

std::string summary(const Explored& explored) {
  const RunResult& result = explored.result;
  const sim::CampaignResult& campaign = result.campaign;
  std::string text = result.verdict_text;
  if (!campaign.findings.empty() || text.empty()) {
    text = fmt::format("{} in {}", counted(campaign.findings.size(), "finding", "findings"),
                       counted(campaign.counts.all(), "execution", "executions"));
    if (result.workloads != 0) text += " of " + counted(result.workloads, "workload", "workloads");
  }
  if (campaign.coverage != 0) text += fmt::format(", coverage {}", with_commas(campaign.coverage));
  return text;
}

/// Under which generated workload the finding was made; nullptr if there is none.
const scenarios::FoundUnder* found_under(const Explored& explored, std::size_t index) {
  return index < explored.result.found_under.size() ? &explored.result.found_under[index] : nullptr;
}

void tell_workload(Results& results, const scenarios::FoundUnder& under,
                   const std::string& margin) {
  results.print("{}   workload: {}\n", margin, under.workload);
  if (under.workload != under.generated)
    results.print("{}   shrunk in {} from: {}\n", margin,
                  counted(under.candidates, "attempt", "attempts"), under.generated);
}

void tell_finding(Results& results, const Explored& explored, std::size_t index,
                  const RunOptions& options, bool schedule) {
  const Found& found = explored.result.campaign.findings[index];
  const std::string margin(ending_width + 2, ' ');
  results.print("{}{}. {}\n", margin, index + 1, results.headline(found.report, margin.size() + 3));
  const scenarios::FoundUnder* under = found_under(explored, index);
  const std::uint64_t executions =
      under != nullptr ? under->executions : explored.result.campaign.counts.all();
  results.print("{}   in {} of {}, first in execution {}; fingerprint {}\n", margin,
                with_commas(found.count), counted(executions, "execution", "executions"),
                found.first_index, found.report.fingerprint);
  if (under != nullptr) tell_workload(results, *under, margin);
  const auto* smaller = index < explored.minimised.size() && explored.minimised[index]
                            ? &*explored.minimised[index]
                            : nullptr;
  if (smaller != nullptr && smaller->after < smaller->before)
    results.print("{}   {}\n", margin,
                  hang(fmt::format("schedule: {}; before minimising: {}", cost_text(smaller->after),
                                   cost_text(smaller->before)),
                       text_columns(), margin.size() + 3));
  const std::string lanes = schedule ? stored_lanes(found.report.trace) : "";
  if (!lanes.empty()) results.print("\n{}\n", lanes);
  const std::string& trace = explored.traces[index];
  if (trace.empty())
    results.print("{}   replay: {}\n", margin, rerun_command(explored, options, index));
  else
    results.print("{}   replay: {} replay {}\n", margin, program_word(), shell_word(trace));
  if (index < explored.pages.size() && !explored.pages[index].empty())
    results.print("{}   page: {}\n", margin, explored.pages[index]);
}

/// Of the findings, the one to show the schedule of: of the kind that the workload names first, as
/// that is the consequence that its defect is known by; else the first one.
std::size_t most_telling(const Explored& explored) {
  const std::vector<sim::FindingKind> kinds = explored.kinds();
  for (const std::vector<sim::FindingKind>& group : explored.planned->workload.expected)
    for (const sim::FindingKind kind : group)
      if (const auto found = std::find(kinds.begin(), kinds.end(), kind); found != kinds.end())
        return static_cast<std::size_t>(found - kinds.begin());
  return 0;
}

}  // namespace

std::string rerun_command(const Explored& explored, const RunOptions& options, std::size_t index) {
  const scenarios::Scenario& scenario = *explored.planned->scenario;
  const Found& found = explored.result.campaign.findings[index];
  const scenarios::FoundUnder* under = found_under(explored, index);
  const std::string workload = under != nullptr ? under->workload : options.workload;
  const std::uint64_t seed = under != nullptr ? under->seed : explored.result.seed;
  std::string command = program_word() + " run " + shell_word(scenario.name);
  if (scenario.model != nullptr) command += " --variant " + explored.planned->workload.name;
  if (!workload.empty()) command += " --workload " + shell_word(workload);
  if (options.interleave) command += fmt::format(" --interleave {}", word(*options.interleave));
  if (options.strategy != StrategyOption{}) command += " --strategy " + options.strategy.text();
  if (options.strategy.samples())
    return command + fmt::format(" --seed {} --execution {}", seed_text(seed), found.first_index);
  if (options.preemptions) command += fmt::format(" --preemptions {}", *options.preemptions);
  return command + fmt::format(" --executions {}", found.first_index + 1);
}

std::string cost_text(const traces::Cost& cost) {
  std::string text = counted(cost.preemptions, "preemption", "preemptions");
  if (cost.interrupts != 0)
    text = counted(cost.interrupts, "interrupt", "interrupts") + ", " + text;
  if (cost.faults != 0) text = counted(cost.faults, "fault", "faults") + ", " + text;
  return fmt::format("{}, {}, {}", text, counted(cost.switches, "switch", "switches"),
                     counted(cost.steps, "step", "steps"));
}

std::vector<sim::FindingKind> Explored::kinds() const {
  std::vector<sim::FindingKind> all;
  for (const Found& found : result.campaign.findings) all.push_back(found.report.kind);
  return all;
}

std::string_view word(Ending ending) { return ending_texts[static_cast<std::size_t>(ending)].word; }
ExitCode exit_code(Ending ending) { return ending_texts[static_cast<std::size_t>(ending)].code; }

std::string explanation(const Explored& explored, Ending ending) {
  const Workload& workload = explored.planned->workload;
  switch (ending) {
    case Ending::ok:
    case Ending::cut:
      return "";
    case Ending::failed:
      if (workload.expected.empty()) return "expected nothing, and this came:";
      if (judge(workload, explored.kinds(), true) == Judgement::as_expected) return "";
      return fmt::format(
          "expected {}, which did not come: {}", describe_expected(workload),
          samples(explored.result.strategy)
              ? "try more --executions or another --seed"
              : "a search takes plain accesses for steps with --interleave all only");
    case Ending::unsure:
      return explored.result.reason;
    case Ending::nondeterministic:
      return "the same choices led to different executions: `heddle check-determinism " +
             shell_word(explored.planned->scenario->name) + "` shows where";
    case Ending::broken:
      return "a bug of heddle; what a worker said about it stands above";
  }
  return "";
}

Ending ending_of(const Explored& explored, bool single) {
  const sim::CampaignResult& campaign = explored.result.campaign;
  if (campaign.internal_error) return Ending::broken;
  const std::vector<sim::FindingKind> kinds = explored.kinds();
  const bool nondeterministic =
      std::find(kinds.begin(), kinds.end(), sim::FindingKind::nondeterminism) != kinds.end();
  if (campaign.diverged || nondeterministic) return Ending::nondeterministic;
  if (single) {
    if (!kinds.empty()) return Ending::failed;
    return explored.settled() ? Ending::ok : Ending::unsure;
  }
  switch (judge(explored.planned->workload, kinds, explored.settled())) {
    case Judgement::as_expected:
      return campaign.interrupted && kinds.empty() ? Ending::cut : Ending::ok;
    case Judgement::unexpected:
      return Ending::failed;
    case Judgement::missing:
      if (campaign.interrupted) return Ending::cut;
      // What a search has not come to may still come.
      return samples(explored.result.strategy) || explored.result.reason.empty() ? Ending::failed
                                                                                 : Ending::unsure;
    case Judgement::inconclusive:
      return campaign.interrupted ? Ending::cut : Ending::unsure;
  }
  return Ending::broken;
}

std::string announcement(const std::vector<Planned>& plan, const RunOptions& options) {
  std::string text =
      fmt::format("{}, {}", counted(plan.size(), "scenario", "scenarios"), options.strategy.text());
  if (options.strategy.samples()) text += ", seed " + seed_text(options.seed);
  if (options.execution) text += fmt::format(", execution {} alone", *options.execution);
  if (options.preemptions)
    text += ", at most " + counted(*options.preemptions, "preemption", "preemptions");
  return text;
}

LineWidths line_widths(const std::vector<Planned>& plan) {
  LineWidths widths;
  for (const Planned& planned : plan) {
    widths.name = std::max(widths.name, width(planned.scenario->name));
    widths.variant = std::max(widths.variant, width(planned.workload.shown_name()));
  }
  return widths;
}

void tell(Results& results, const Explored& explored, Ending ending, const RunOptions& options,
          LineWidths widths, bool schedule) {
  const Planned& planned = *explored.planned;
  const std::string_view status = word(ending);
  results.print(
      "{}{:{}}  {:<{}}  {:<{}}  {}\n", results.toned(tone(ending), status), "",
      ending_width - status.size(), planned.scenario->name, widths.name,
      planned.workload.shown_name(), widths.variant,
      hang(summary(explored), text_columns(), ending_width + widths.name + widths.variant + 6));
  const std::string why = explanation(explored, ending);
  const std::string margin(ending_width + 2, ' ');
  if (!why.empty()) results.print("{}{}\n", margin, hang(why, text_columns(), margin.size()));
  const std::size_t shown = most_telling(explored);
  for (std::size_t i = 0; i < explored.result.campaign.findings.size(); ++i)
    tell_finding(results, explored, i, options, schedule && i == shown);
  if (explored.result.campaign.findings_dropped != 0)
    results.print("{}{} more are not kept\n", margin,
                  counted(explored.result.campaign.findings_dropped, "distinct finding",
                          "distinct findings"));
}

Json cost_json(const traces::Cost& cost) {
  return {{"faults", cost.faults},
          {"interrupts", cost.interrupts},
          {"preemptions", cost.preemptions},
          {"switches", cost.switches},
          {"steps", cost.steps}};
}

namespace {

/// Null where schedules are left as they are found.
Json minimised_json(const Explored& explored, std::size_t index) {
  if (index >= explored.minimised.size() || !explored.minimised[index]) return {};
  const scenarios::MinimiseResult& minimised = *explored.minimised[index];
  return {{"before", cost_json(minimised.before)},
          {"after", cost_json(minimised.after)},
          {"attempts", minimised.attempts}};
}

/// Null where no page was written.
Json page_json(const Explored& explored, std::size_t index) {
  if (index >= explored.pages.size() || explored.pages[index].empty()) return {};
  return explored.pages[index];
}

/// The workload of the finding: a generated one, the one that was asked for, or null.
Json workload_json(const Explored& explored, std::size_t index) {
  if (const scenarios::FoundUnder* under = found_under(explored, index)) return under->workload;
  return {};
}

}  // namespace

Json bounds_json(const RunResult& result) {
  Json bounds = Json::object();
  for (const auto& [name, value] : result.bounds) bounds[name] = value;
  return bounds;
}

Json exploration_json(const Explored& explored, Ending ending) {
  const RunResult& result = explored.result;
  const sim::Counts& counts = result.campaign.counts;
  Json findings = Json::array();
  for (std::size_t i = 0; i < result.campaign.findings.size(); ++i) {
    const Found& found = result.campaign.findings[i];
    const std::string& trace = explored.traces[i];
    findings.push_back({{"kind", word(found.report.kind)},
                        {"fingerprint", found.report.fingerprint},
                        {"message", found.report.message},
                        {"trace", trace.empty() ? Json() : Json(trace)},
                        {"page", page_json(explored, i)},
                        {"count", found.count},
                        {"first", found.first_index},
                        {"workload", workload_json(explored, i)},
                        {"minimised", minimised_json(explored, i)}});
  }
  return {{"scenario", explored.planned->scenario->name},
          {"variant", explored.planned->workload.name},
          {"expected", describe_expected(explored.planned->workload)},
          {"ending", word(ending)},
          {"verdict", word(result.verdict)},
          {"reason", result.reason},
          {"exhaustive", result.exhaustive},
          {"bounds", bounds_json(result)},
          {"strategy", scenarios::strategy_word(result.strategy, result.parameter)},
          {"seed", seed_text(result.seed)},
          {"executions",
           {{"complete", counts.complete()},
            {"blocked", counts.blocked},
            {"bound_reached", counts.bound_reached}}},
          {"workloads", result.workloads},
          {"traces_distinct", Json()},
          {"coverage", result.campaign.coverage == 0 ? Json() : Json(result.campaign.coverage)},
          {"findings", findings}};
}

}  // namespace heddle::cli
