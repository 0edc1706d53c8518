#include "scenarios/cli/exploration.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "sim/core/rng.hpp"
#include "sim/explore/preemption.hpp"

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

void tell_finding(Results& results, const Explored& explored, std::size_t index, bool schedule) {
  const Found& found = explored.result.campaign.findings[index];
  const std::string margin(ending_width + 2, ' ');
  results.print("{}{}. {}\n", margin, index + 1, results.headline(found.report, margin.size() + 3));
  const scenarios::FoundUnder* under = found_under(explored, index);
  const std::uint64_t executions =
      under != nullptr ? under->executions : explored.result.campaign.counts.all();
  results.print(
      "{}   {}\n", margin,
      hang(fmt::format("in {} of {}, first in execution {}; fingerprint {}",
                       with_commas(found.count), counted(executions, "execution", "executions"),
                       found.first_index, found.report.fingerprint),
           text_columns(), margin.size() + 3));
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
  results.print("{}   replay: {}\n", margin, replay_command(explored, index));
  if (index < explored.pages.size() && !explored.pages[index].empty())
    results.print("{}   page: {}\n", margin, explored.pages[index]);
}

/// Of the findings, the one to show the schedule of: of the kind that the variant names first, as
/// that is the consequence that its defect is known by; else the first one.
std::size_t most_telling(const Explored& explored) {
  const std::vector<sim::FindingKind> kinds = explored.kinds();
  for (const std::vector<sim::FindingKind>& group : explored.planned->applied.expected)
    for (const sim::FindingKind kind : group)
      if (const auto found = std::find(kinds.begin(), kinds.end(), kind); found != kinds.end())
        return static_cast<std::size_t>(found - kinds.begin());
  return 0;
}

}  // namespace

std::string rerun_command(const Explored& explored, std::size_t index) {
  const scenarios::Scenario& scenario = *explored.planned->scenario;
  const CampaignSettings& settings = explored.planned->settings;
  const Found& found = explored.result.campaign.findings[index];
  const scenarios::FoundUnder* under = found_under(explored, index);
  const std::string workload = under != nullptr ? under->workload : settings.workload;
  const std::uint64_t seed = under != nullptr ? under->seed : explored.result.seed;
  std::string command = program_word() + (settings.exhaust ? " verify " : " run ");
  command += shell_word(scenario.name);
  if (scenario.model != nullptr) command += " --variant " + explored.planned->applied.name;
  if (!workload.empty()) command += " --workload " + shell_word(workload);
  if (settings.interleave) command += fmt::format(" --interleave {}", word(*settings.interleave));
  if (settings.exhaust) {
    if (*settings.exhaust != sim::Reduction::optimal)
      command += fmt::format(" --reduction {}", word(*settings.exhaust));
    if (settings.preemptions) command += fmt::format(" --preemptions {}", *settings.preemptions);
    return command;
  }
  if (settings.strategy != StrategyOption{}) command += " --strategy " + settings.strategy.text();
  if (settings.strategy.samples())
    return command + fmt::format(" --seed {} --execution {}", seed_text(seed), found.first_index);
  if (settings.preemptions) command += fmt::format(" --preemptions {}", *settings.preemptions);
  return command + fmt::format(" --executions {}", found.first_index + 1);
}

std::string replay_command(const Explored& explored, std::size_t index) {
  const std::string& trace = explored.traces[index];
  return trace.empty() ? rerun_command(explored, index)
                       : program_word() + " replay " + shell_word(trace);
}

std::string approach(const Planned& planned) {
  const CampaignSettings& settings = planned.settings;
  if (settings.exhaust)
    return *settings.exhaust == sim::Reduction::optimal
               ? "verify"
               : fmt::format("verify:{}", word(*settings.exhaust));
  std::string strategy = settings.strategy.text();
  if (!settings.strategy.samples() || settings.seed == default_seed) return strategy;
  return fmt::format("{} {}", strategy, seed_text(settings.seed));
}

std::string title(const Planned& planned) {
  const std::string& variant = planned.applied.name;
  return planned.scenario->name + (variant.empty() ? "" : " " + variant);
}

std::string line_of(const Planned& planned) {
  const CampaignSettings& settings = planned.settings;
  std::string line = fmt::format("{} {}", title(planned), approach(planned));
  const auto add = [&](std::string_view name, const auto& value) {
    if (value) line += fmt::format(" {} {}", name, *value);
  };
  add("executions", settings.executions);
  add("execution", settings.execution);
  add("workloads", settings.workloads);
  add("preemptions", settings.preemptions);
  if (!settings.workload.empty()) line += " workload " + printable(settings.workload);
  if (settings.time) line += fmt::format(" time {}ms", settings.time->count());
  if (settings.interleave) line += fmt::format(" interleave {}", word(*settings.interleave));
  return line + " expected " + describe_expected(planned.applied);
}

std::vector<std::string> lines_of(const std::vector<Planned>& plan) {
  std::vector<std::string> lines;
  for (const Planned& planned : plan) lines.push_back(line_of(planned));
  return lines;
}

scenarios::RunRequest request_for(const Planned& planned, std::uint32_t jobs) {
  const CampaignSettings& settings = planned.settings;
  scenarios::RunRequest request;
  request.variant = {planned.scenario, planned.applied.defects, planned.applied.name,
                     settings.interleave, settings.workload};
  request.workloads = settings.workloads.value_or(0);
  request.strategy = settings.strategy.kind;
  request.parameter = settings.strategy.parameter;
  request.seed = settings.seed;
  request.executions = settings.executions.value_or(0);
  request.only = settings.execution;
  if (settings.time) request.time_s = std::chrono::duration<double>(*settings.time).count();
  request.jobs = jobs;
  request.preemptions = settings.preemptions;
  if (settings.exhaust) {
    request.strategy = scenarios::StrategyKind::dfs;
    request.parameter.reset();
    request.reduction = *settings.exhaust;
    request.preemptions = settings.preemptions.value_or(sim::no_preemption_bound);
    request.split = true;
  }
  return request;
}

std::string cost_text(const traces::Cost& cost) {
  std::string text = counted(cost.preemptions, "preemption", "preemptions");
  if (cost.messages != 0)
    text = counted(cost.messages, "message fault", "message faults") + ", " + text;
  if (cost.crashes != 0) text = counted(cost.crashes, "host fault", "host faults") + ", " + text;
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
std::optional<Ending> ending_from(std::string_view word) {
  for (std::size_t i = 0; i < ending_texts.size(); ++i)
    if (ending_texts[i].word == word) return static_cast<Ending>(i);
  return std::nullopt;
}
ExitCode exit_code(Ending ending) { return ending_texts[static_cast<std::size_t>(ending)].code; }

std::string explanation(const Explored& explored, Ending ending) {
  const AppliedVariant& applied = explored.planned->applied;
  switch (ending) {
    case Ending::ok:
    case Ending::cut:
      return "";
    case Ending::failed:
      if (applied.expected.empty()) return "expected nothing, and this came:";
      if (judge(applied, explored.kinds(), true) == Judgement::as_expected) return "";
      return fmt::format(
          "expected {}, which did not come: {}", describe_expected(applied),
          explored.result.reduction == sim::Reduction::states
              ? "a search that compares states looks for no races and no lock order"
          : samples(explored.result.strategy)
              ? "try more --executions or another --seed"
              : "a search takes plain accesses for steps with --interleave all only");
    case Ending::unsure:
      if (explored.result.reason.empty() && applied.exhaustive)
        return "an exhaustive search was expected, and this one left something out";
      return explored.result.reason;
    case Ending::nondeterministic:
      return "the same choices led to different executions: `heddle check-determinism " +
             shell_word(explored.planned->scenario->name) + "` shows where";
    case Ending::broken:
      return "a bug of heddle; what a worker said about it stands above";
  }
  return "";
}

Ending ending_of(const Explored& explored) {
  const sim::CampaignResult& campaign = explored.result.campaign;
  if (campaign.internal_error) return Ending::broken;
  const std::vector<sim::FindingKind> kinds = explored.kinds();
  const bool nondeterministic =
      std::find(kinds.begin(), kinds.end(), sim::FindingKind::nondeterminism) != kinds.end();
  if (campaign.diverged || nondeterministic) return Ending::nondeterministic;
  if (explored.planned->settings.execution) {
    if (!kinds.empty()) return Ending::failed;
    return explored.settled() ? Ending::ok : Ending::unsure;
  }
  const AppliedVariant& applied = explored.planned->applied;
  const bool settled = explored.settled() && (!applied.exhaustive || explored.result.exhaustive);
  switch (judge(applied, kinds, settled)) {
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

std::string announcement(std::size_t scenarios, const CampaignSettings& settings) {
  std::string text =
      fmt::format("{}, {}", counted(scenarios, "scenario", "scenarios"), settings.strategy.text());
  if (settings.strategy.samples()) text += ", seed " + seed_text(settings.seed);
  if (settings.execution) text += fmt::format(", execution {} alone", *settings.execution);
  if (settings.preemptions)
    text += ", at most " + counted(*settings.preemptions, "preemption", "preemptions");
  return text;
}

LineWidths line_widths(const std::vector<Planned>& plan) {
  LineWidths widths;
  for (const Planned& planned : plan) {
    widths.name = std::max(widths.name, width(planned.scenario->name));
    widths.variant = std::max(widths.variant, width(planned.applied.shown_name()));
    widths.approach = std::max(widths.approach, width(approach(planned)));
  }
  const bool one = std::all_of(plan.begin(), plan.end(), [&](const Planned& planned) {
    return approach(planned) == approach(plan.front());
  });
  if (one) widths.approach = 0;
  return widths;
}

void tell(Results& results, const Explored& explored, Ending ending, LineWidths widths,
          bool schedule) {
  const Planned& planned = *explored.planned;
  const std::string_view status = word(ending);
  std::string columns = fmt::format("{:<{}}  {:<{}}  ", planned.scenario->name, widths.name,
                                    planned.applied.shown_name(), widths.variant);
  if (widths.approach != 0) columns += fmt::format("{:<{}}  ", approach(planned), widths.approach);
  results.print("{}{:{}}  {}{}\n", results.toned(tone(ending), status), "",
                ending_width - status.size(), columns,
                hang(summary(explored), text_columns(), ending_width + 2 + columns.size()));
  const std::string why = explanation(explored, ending);
  const std::string margin(ending_width + 2, ' ');
  if (!why.empty()) results.print("{}{}\n", margin, hang(why, text_columns(), margin.size()));
  const std::size_t shown = most_telling(explored);
  for (std::size_t i = 0; i < explored.result.campaign.findings.size(); ++i)
    tell_finding(results, explored, i, schedule && i == shown);
  if (explored.result.campaign.findings_dropped != 0)
    results.print("{}{} more are not kept\n", margin,
                  counted(explored.result.campaign.findings_dropped, "distinct finding",
                          "distinct findings"));
}

Json cost_json(const traces::Cost& cost) {
  return {
      {"faults", cost.faults},     {"interrupts", cost.interrupts},   {"crashes", cost.crashes},
      {"messages", cost.messages}, {"preemptions", cost.preemptions}, {"switches", cost.switches},
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

bool counts_traces(const RunResult& result) {
  return result.reduction == sim::Reduction::optimal && result.campaign.counts.blocked == 0;
}

namespace {

Json places_json(const sim::Report& report) {
  Json places = Json::array();
  for (const sim::ReportPlace& place : report.places)
    places.push_back({{"text", place.text},
                      {"function", place.function.empty() ? Json() : Json(place.function)},
                      {"file", place.file.empty() ? Json() : Json(place.file)},
                      {"line", place.line == 0 ? Json() : Json(place.line)}});
  return places;
}

/// A file's name as compilers that were given a relative one write it, from the source root.
std::string below_root(std::string_view file) {
  while (file.starts_with("../")) file.remove_prefix(3);
  return std::string(file);
}

/// Where something is expected, other findings are told and fail nothing.
bool is_no_failure(const Explored& explored, sim::FindingKind kind) {
  return !explored.planned->applied.expected.empty() && !explored.planned->settings.execution &&
         kind != sim::FindingKind::nondeterminism;
}

Json finding_json(const Explored& explored, std::size_t index) {
  const Found& found = explored.result.campaign.findings[index];
  const std::string& trace = explored.traces[index];
  return {{"kind", word(found.report.kind)},
          {"fingerprint", found.report.fingerprint},
          {"message", found.report.message},
          {"expected", is_no_failure(explored, found.report.kind)},
          {"places", places_json(found.report)},
          {"trace", trace.empty() ? Json() : Json(trace)},
          {"page", page_json(explored, index)},
          {"command", replay_command(explored, index)},
          {"count", found.count},
          {"first", found.first_index},
          {"workload", workload_json(explored, index)},
          {"minimised", minimised_json(explored, index)}};
}

}  // namespace

Json exploration_json(const Explored& explored, Ending ending) {
  const RunResult& result = explored.result;
  const scenarios::Scenario& scenario = *explored.planned->scenario;
  const bool exhausts = explored.planned->settings.exhaust.has_value();
  const sim::Counts& counts = result.campaign.counts;
  Json findings = Json::array();
  for (std::size_t i = 0; i < result.campaign.findings.size(); ++i)
    findings.push_back(finding_json(explored, i));
  Json row = {{"scenario", scenario.name},
              {"file", below_root(scenario.file)},
              {"line", scenario.line},
              {"variant", explored.planned->applied.name},
              {"expected", describe_expected(explored.planned->applied)},
              {"ending", word(ending)},
              {"explanation", explanation(explored, ending)},
              {"verdict", word(result.verdict)},
              {"reason", result.reason},
              {"exhaustive", result.exhaustive},
              {"bounds", bounds_json(result)},
              {"strategy", exhausts ? std::string(word(result.reduction))
                                    : scenarios::strategy_word(result.strategy, result.parameter)},
              {"seed", exhausts ? Json() : Json(seed_text(result.seed))},
              {"approach", approach(*explored.planned)},
              {"executions",
               {{"complete", counts.complete()},
                {"blocked", counts.blocked},
                {"bound_reached", counts.bound_reached + counts.beyond}}},
              {"workloads", result.workloads},
              {"traces_distinct", counts_traces(result) ? Json(counts.complete()) : Json()},
              {"states", result.campaign.states == 0 ? Json() : Json(result.campaign.states)},
              {"coverage", result.campaign.coverage == 0 ? Json() : Json(result.campaign.coverage)},
              {"findings", findings}};
  const double share = result.campaign.share_done;
  if (exhausts) row["share_done"] = share > 0 ? Json(share) : Json();
  return row;
}

PlanPosition position_of(const std::vector<std::string>& lines, std::size_t index,
                         const ShardOption& shard) {
  std::uint64_t id = lines.size();
  for (const std::string& line : lines)
    for (const char c : line + '\n') id = sim::mix(id, static_cast<unsigned char>(c));
  const Shard& part = shard.shard;
  return {fmt::format("{:016x}", id), part.index - 1 + index * part.count, lines.size(),
          shard.source.empty() ? "" : fmt::format("{}/{}", part.index, part.count)};
}

Json plan_json(const PlanPosition& position) {
  return {{"id", position.id},
          {"position", position.position},
          {"campaigns", position.campaigns},
          {"shard", position.shard.empty() ? Json() : Json(position.shard)}};
}

}  // namespace heddle::cli
