// heddle corpus add: puts traces into the corpus, minimised; or looks for one of each defect of a
// model that has none.
#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/corpus.hpp"
#include "scenarios/cli/exploration.hpp"
#include "scenarios/cli/filter.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "scenarios/cli/variant.hpp"
#include "traces/format.hpp"

namespace heddle::cli {
namespace {

namespace fs = std::filesystem;
using scenarios::MinimiseResult;
using scenarios::Model;
using scenarios::Runner;
using scenarios::RunRequest;
using scenarios::Scenario;

constexpr std::uint64_t attempts_max = 50'000;
/// Of a search, where sampling has not found the defect.
constexpr std::uint64_t search_executions = 50'000;

class Adding {
 public:
  explicit Adding(const CorpusOptions& options)
      : options_(options),
        results_(options.json),
        progress_(options.quiet),
        stop_(watch_for_interrupts()) {}

  ExitCode run() {
    check_writable_folder("--corpus", options_.folder);
    for (const std::string& path : options_.traces) add_file(path);
    if (!options_.model.empty()) add_model(find_model(options_.model));
    progress_.clear();
    results_.finish({{"added", added_}, {"not_found", not_found_}});
    if (*stop_ != 0) return ExitCode::interrupted;
    return not_found_.empty() ? ExitCode::as_expected : ExitCode::finding;
  }

 private:
  std::optional<MinimiseResult> minimised(const std::string& text) {
    scenarios::MinimiseRequest request;
    request.attempts_max = attempts_max;
    request.workload = true;
    request.stop = stop_;
    MinimiseResult result = runner_.minimise(text, request);
    if (result.kind == MinimiseResult::Kind::minimised) return result;
    problem_ = result.text;
    return std::nullopt;
  }

  void add_file(const std::string& path) {
    const std::string text = read_trace_text(path);
    const traces::Result<traces::Trace> trace = traces::from_text(text, path);
    if (!trace) throw InputError(trace.error());
    if (!trace->finding)
      throw InputError(fmt::format("'{}' has no finding, so it is no bug to keep", path));
    const std::optional<MinimiseResult> result = minimised(text);
    if (result) {
      keep(result->report.trace, cost_text(result->after));
      return;
    }
    // What takes its process along cannot be minimised, but it can be repeated.
    const CorpusVerdict verdict = replayed(runner_, {path, text, *trace, ""});
    if (verdict.state != TraceState::fails)
      throw InputError(fmt::format("'{}' does not fail as recorded: {}", path, verdict.text));
    keep(text, problem_);
  }

  /// scenario/variant-kind.trace, with the fingerprint where another bug has that name. What is
  /// there about the same, and no larger, stays.
  void keep(const std::string& text, std::string_view remark) {
    const traces::Result<traces::Trace> trace = traces::from_text(text, "the smaller trace");
    if (!trace) throw InputError(trace.error());
    const traces::Found& finding = *trace->finding;
    const fs::path folder = fs::path(options_.folder) / trace->scenario;
    const std::string name =
        (trace->variant.empty() ? "" : trace->variant + "-") + std::string(word(finding.kind));
    fs::path path = folder / (name + ".trace");
    if (fs::exists(path)) {
      const traces::Result<traces::Trace> there = traces::read_file(path.string());
      if (there && there->finding && there->finding->fingerprint != finding.fingerprint)
        path = folder / (name + "-" + finding.fingerprint + ".trace");
    }
    progress_.clear();
    if (fs::exists(path)) {
      const traces::Result<traces::Trace> there = traces::read_file(path.string());
      if (there && there->finding == trace->finding &&
          there->choices.size() <= trace->choices.size()) {
        results_.print("{}: one that is no larger is there\n", path.string());
        return;
      }
    }
    write_file(path, text);
    results_.print("{}: {}\n", path.string(), remark);
    added_.push_back({{"trace", path.string()},
                      {"scenario", trace->scenario},
                      {"variant", trace->variant},
                      {"kind", word(trace->finding->kind)}});
  }

  // ---- the defects of a model -------------------------------------------------------------------

  void add_model(const Model& model) {
    std::vector<CorpusTrace> corpus;
    if (fs::exists(options_.folder)) {
      try {
        corpus = read_corpus(options_.folder);
      } catch (const InputError& error) {
        if (error.code() != ExitCode::nothing_selected) throw;
      }
    }
    for (const Uncovered& one : uncovered(corpus)) {
      if (one.model != &model || *stop_ != 0) continue;
      if (look_for(model, one.defect) || *stop_ != 0) continue;
      progress_.clear();
      results_.print("{}: not found within the budgets of its scenarios\n",
                     model.defects[one.defect].id);
      not_found_.push_back(model.defects[one.defect].id);
    }
  }

  /// The smallest of all scenarios that find the defect alone. A property is a last resort: what it
  /// finds has a workload, which is one thing more to read.
  bool look_for(const Model& model, std::size_t defect) {
    std::optional<MinimiseResult> best;
    std::optional<std::string> lost;
    for (const bool generated : {false, true}) {
      if (best || lost) break;
      for (const Scenario& scenario : scenarios::all_scenarios()) {
        if (scenario.model != &model || (scenario.workload != nullptr) != generated) continue;
        const std::string trace = find(scenario, apply_alone(scenario, static_cast<int>(defect)));
        if (trace.empty() || *stop_ != 0) continue;
        std::optional<MinimiseResult> smaller = minimised(trace);
        if (!smaller)
          lost = trace;
        else if (!best || smaller->after < best->after)
          best = std::move(smaller);
      }
    }
    if (*stop_ != 0) return false;
    if (best)
      keep(best->report.trace, cost_text(best->after));
    else if (lost)
      keep(*lost, "it takes its process along, so it is as it was found");
    return best || lost;
  }

  /// A trace of a finding of one of the expected kinds, or "".
  std::string find(const Scenario& scenario, const AppliedVariant& applied) {
    if (applied.expected.empty()) return {};
    RunRequest request;
    request.variant = {&scenario, applied.defects, applied.name, std::nullopt, ""};
    request.seed = default_seed;
    request.strategy = scenarios::StrategyKind::portfolio;
    request.stop = stop_;
    request.enough = [&](const sim::Report& report) { return is_expected(applied, report.kind); };
    request.on_progress = [&](const sim::Progress& progress) {
      if (progress_.is_due())
        progress_.show(fmt::format("{}  {}  {} executions", scenario.name, applied.name,
                                   with_commas(progress.counts.all())));
    };
    std::string trace = expected_trace(runner_.run(request), applied);
    if (!trace.empty() || scenario.workload != nullptr || *stop_ != 0) return trace;
    request.strategy = scenarios::StrategyKind::dfs;
    request.executions = search_executions;
    return expected_trace(runner_.run(request), applied);
  }

  static std::string expected_trace(const scenarios::RunResult& result,
                                    const AppliedVariant& applied) {
    for (const sim::Found& found : result.campaign.findings)
      if (is_expected(applied, found.report.kind)) return found.report.trace;
    return {};
  }

  const CorpusOptions& options_;
  Results results_;
  Progress progress_;
  const volatile std::sig_atomic_t* stop_;
  Runner runner_;
  std::string problem_;  // of the last trace that could not be minimised
  Json added_ = Json::array();
  Json not_found_ = Json::array();
};

}  // namespace

ExitCode add_to_corpus(const CorpusOptions& options) { return Adding(options).run(); }

}  // namespace heddle::cli
