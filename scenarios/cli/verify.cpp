// heddle verify: exhausts scenarios, with one execution for each Mazurkiewicz trace, and says what
// that proves within which bounds.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/exploration.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/report.hpp"
#include "scenarios/cli/resumption.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_folder.hpp"

namespace heddle::cli {
namespace {

using scenarios::Runner;
using scenarios::RunRequest;

/// "an estimated 12.5 %"; "" where nothing is known.
std::string share_text(double share) {
  if (share <= 0) return "";
  if (share < 0.001) return "an estimated < 0.1 %";
  return fmt::format("an estimated {:.1f} %", 100 * std::min(share, 0.999));
}

/// "2 min 05 s left, by that estimate": as long as the rest takes if it goes on as since the start,
/// when `share_before` was done. "" where that says nothing yet.
std::string left_text(const sim::Progress& now, double share_before) {
  const double gained = now.share_done - share_before;
  if (now.seconds < 1 || gained <= 0) return "";
  const double left_s = now.seconds * (1 - now.share_done) / gained;
  constexpr double told_max_s = 99 * 3600.0;
  if (left_s > told_max_s) return "";
  return duration_text(std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 * left_s))) +
         " left by that";
}

std::vector<Planned> plan_for(const VerifyOptions& options) {
  std::vector<Planned> plan;
  for (const scenarios::Scenario* scenario : select(options.filters))
    if (scenario->workload == nullptr)
      plan.push_back({scenario, apply(options.settings.variant, *scenario), options.settings});
  if (plan.empty())
    throw InputError(
        "only scenarios with generated workloads are selected, which no search exhausts: `heddle "
        "run` samples them",
        ExitCode::nothing_selected);
  return plan;
}

std::vector<std::string> facts_of(const CampaignSettings& settings) {
  return {
      fmt::format("--reduction {}", word(*settings.exhaust)),
      fmt::format("--preemptions {}",
                  settings.preemptions ? std::to_string(*settings.preemptions) : "of any number"),
      fmt::format("--interleave {}",
                  settings.interleave ? word(*settings.interleave) : "as the scenario has it")};
}

std::vector<std::string> titles_of(const std::vector<Planned>& plan) {
  std::vector<std::string> titles;
  for (const Planned& planned : plan) titles.push_back(title(planned));
  return titles;
}

constexpr double checkpoint_s = 30;

/// All that a verification adds up.
class Verification {
 public:
  Verification(const VerifyOptions& options, const std::vector<Planned>& whole)
      : options_(options),
        plan_(take_shard(whole, options.shard.shard, "selected scenarios")),
        position_(position_of(lines_of(whole), 0, options.shard)),
        resumption_(options.resume, "verification", facts_of(options.settings), titles_of(plan_)),
        results_(options.output.takes_stdout()),
        reports_(options.output),
        progress_(options.quiet),
        traces_(options, whole),
        left_out_(select(options.filters).size() - whole.size()) {}

  ExitCode perform() {
    stop_ = watch_for_interrupts();
    if (!options_.shard.source.empty())
      results_.print("{}{}\n", counted(plan_.size(), "scenario", "scenarios"),
                     shard_text(options_.shard));
    for (std::size_t i = 0; i < plan_.size() && *stop_ == 0; ++i) verify(i);
    if (*stop_ != 0) code_ = worse(code_, ExitCode::interrupted);
    code_ = worse(code_, traces_.code());
    progress_.clear();
    const std::size_t told = as_expected_ + not_expected_ + inconclusive_;
    const std::string left =
        told == plan_.size() ? "" : fmt::format(", {} not run", plan_.size() - told);
    if (left_out_ != 0)
      results_.print("left out: {}, which no search exhausts; `heddle run` samples them\n",
                     counted(left_out_, "scenario with a generated workload",
                             "scenarios with generated workloads"));
    results_.print("scenarios: {} as expected, {} not, {} inconclusive{}\n", as_expected_,
                   not_expected_, inconclusive_, left);
    if (told == plan_.size() && left_open_ == 0)
      resumption_.remove();
    else if (resumption_.is_kept() && !keep_failed_)
      results_.print("kept in {}: the same command goes on from there\n",
                     shell_word(options_.resume));
    return worse(code_, reports_.write(results_, rows_));
  }

 private:
  void verify(std::size_t index) {
    const Planned& planned = plan_[index];
    RunRequest request = request_for(planned, options_.jobs);
    request.snapshots = options_.snapshots;
    request.on_finding = [&](const sim::Found& found) {
      traces_.keep_early(planned, found.report);
    };
    request.stop = stop_;
    std::optional<double> share_before;
    request.on_progress = [&](const sim::Progress& now) {
      if (!share_before) share_before = now.share_done;
      show(now, index, *share_before);
    };
    if (resumption_.is_wanted()) {
      request.checkpoint = resumption_.checkpoint(index);
      request.checkpoint_s = checkpoint_s;
      request.on_checkpoint = [&](std::string_view checkpoint) { keep(index, checkpoint); };
    }
    const auto start = std::chrono::steady_clock::now();
    Explored explored{&planned, runner_.run(request), {}, {}, {}};
    progress_.clear();
    if (explored.result.campaign.unreadable)
      throw InputError(fmt::format("--resume: '{}' does not fit {}; without it, all begins anew",
                                   options_.resume, plan_[index].scenario->name));
    if (!explored.result.campaign.exhausted) ++left_open_;
    traces_.keep(explored);
    const Ending ending = ending_of(explored);
    code_ = worse(code_, exit_code(ending));
    ++count(ending);
    tell(explored, ending);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    rows_.push_back({exploration_json(explored, ending), took.count()});
    rows_.back().json["plan"] = plan_json(position_);
    position_.position += options_.shard.shard.count;
  }

  std::size_t& count(Ending ending) {
    if (ending == Ending::ok) return as_expected_;
    return ending == Ending::unsure || ending == Ending::cut ? inconclusive_ : not_expected_;
  }

  void keep(std::size_t index, std::string_view checkpoint) {
    if (keep_failed_) return;
    try {
      resumption_.keep(index, checkpoint);
    } catch (const InputError& error) {
      complain(fmt::format("{}; what is done is not kept from here on", error.what()));
      keep_failed_ = true;
      code_ = worse(code_, error.code());
    }
  }

  void show(const sim::Progress& now, std::size_t index, double share_before) {
    if (!progress_.is_due()) return;
    const auto done = static_cast<double>(now.counts.all());
    const double rate = now.seconds > 0 ? done / now.seconds : 0;
    std::string share = share_text(now.share_done);
    if (!share.empty()) share += " done  ";
    const std::string left = left_text(now, share_before);
    if (!left.empty()) share += left + "  ";
    progress_.show(fmt::format("[{}/{}] {}  {} executions  {}/s  depth {}  {}{}", index + 1,
                               plan_.size(), plan_[index].scenario->name,
                               with_commas(now.counts.all()),
                               with_commas(static_cast<std::uint64_t>(rate)), now.depth, share,
                               counted(now.findings, "finding", "findings")));
  }

  void tell(const Explored& explored, Ending ending) {
    const scenarios::RunResult& result = explored.result;
    const sim::Counts& counts = result.campaign.counts;
    const std::string& variant = explored.planned->applied.name;
    const std::string verdict =
        fmt::format("{}{}  {}", explored.planned->scenario->name,
                    variant.empty() ? "" : " " + variant, result.verdict_text);
    results_.print("{:<6}  {}\n", word(ending), hang(verdict, text_columns(), 8));
    std::string notes = counts_traces(result) ? "; a trace each" : "";
    if (result.campaign.states != 0)
      notes += "; " + counted(result.campaign.states, "state", "states");
    if (result.reduction != *options_.settings.exhaust)
      notes += "; all orders, as no reduction knows that of the clock";
    if (!result.campaign.exhausted && result.campaign.share_done > 0)
      notes += fmt::format("; {} of the tree", share_text(result.campaign.share_done));
    const std::string executions = fmt::format(
        "executions: {} complete, {} blocked, {} bound reached{}", with_commas(counts.complete()),
        with_commas(counts.blocked), with_commas(counts.bound_reached + counts.beyond), notes);
    results_.print("        {}\n", hang(executions, text_columns(), 8));
    const std::string why = explanation(explored, ending);
    if (!why.empty() && result.verdict_text.find(why) == std::string::npos)
      results_.print("        {}\n", hang(why, text_columns(), 8));
    for (std::size_t i = 0; i < result.campaign.findings.size(); ++i) {
      results_.print("        {}\n", results_.headline(result.campaign.findings[i].report, 8));
      if (!explored.traces[i].empty())
        results_.print("          {} replay {}\n", program_word(), shell_word(explored.traces[i]));
    }
  }

  const VerifyOptions& options_;
  std::vector<Planned> plan_;
  PlanPosition position_;  // of the next row
  Resumption resumption_;
  Results results_;
  Reports reports_;
  Progress progress_;
  TraceFolder traces_;
  Runner runner_;
  const volatile std::sig_atomic_t* stop_ = nullptr;
  std::vector<ReportRow> rows_;
  ExitCode code_ = ExitCode::as_expected;
  std::size_t as_expected_ = 0;
  std::size_t not_expected_ = 0;
  std::size_t inconclusive_ = 0;
  std::size_t left_out_;       // selected, but nothing that a search exhausts
  std::size_t left_open_ = 0;  // explored, but not exhausted
  bool keep_failed_ = false;
};

}  // namespace

ExitCode perform(const VerifyOptions& options) {
  return Verification(options, plan_for(options)).perform();
}

}  // namespace heddle::cli
