// heddle matrix: measures, for each defect and mutation of a model alone, which scenario finds it
// and after how many executions; then that every scenario is clean with nothing switched on.
#include "scenarios/cli/matrix.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

using scenarios::Model;
using scenarios::Runner;
using scenarios::RunRequest;
using scenarios::RunResult;
using scenarios::Scenario;

/// How many executions optimal DPOR may take to exhaust a fixed scenario.
constexpr std::uint64_t verifying_executions = 100'000;
/// And depth-first search within each bound on preemptions, where that is too few.
constexpr std::uint64_t exhausting_executions = 50'000;

std::vector<const Scenario*> scenarios_of(const Model& model) {
  std::vector<const Scenario*> all;
  for (const Scenario& scenario : scenarios::all_scenarios())
    if (scenario.model == &model) all.push_back(&scenario);
  return all;
}

/// What properties are measured for: the patch, then the model's designs, the fixed one included.
std::vector<VariantOption> designs_of(const Model& model) {
  std::vector<VariantOption> designs;
  for (const scenarios::DefectInfo& info : model.defects)
    if (info.kind == scenarios::DefectInfo::Kind::design)
      designs.push_back({VariantOption::Form::named, {std::string(info.name)}});
  if (designs.empty()) return designs;
  designs.insert(designs.begin(), {VariantOption::Form::posted, {}});
  designs.push_back({VariantOption::Form::fixed, {}});
  return designs;
}

std::vector<Cell> cells_of(const Model& model, const std::vector<const Scenario*>& scenarios) {
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < model.defects.size(); ++i) {
    if (model.defects[i].kind == scenarios::DefectInfo::Kind::design) continue;
    Cell cell;
    cell.defect = &model.defects[i];
    const std::size_t before = cells.size();
    for (const Scenario* scenario : scenarios) {
      cell.scenario = scenario;
      cell.applied = apply_alone(*scenario, static_cast<int>(i));
      if (!cell.applied.expected.empty()) cells.push_back(cell);
    }
    cell.scenario = nullptr;
    if (cells.size() == before) cells.push_back(cell);
  }
  return cells;
}

class Measurement {
 public:
  explicit Measurement(const MatrixOptions& options)
      : options_(options), progress_(options.quiet), stop_(watch_for_interrupts()) {}

  MatrixTable table(const Model& model) {
    const std::vector<const Scenario*> scenarios = scenarios_of(model);
    MatrixTable table;
    table.model = &model;
    table.cells = cells_of(model, scenarios);
    parts_ = table.cells.size() + scenarios.size();
    for (Cell& cell : table.cells) {
      ++part_;
      if (cell.scenario != nullptr) measure(cell);
      if (*stop_ != 0) break;
    }
    for (const Scenario* scenario : scenarios) {
      if (*stop_ != 0) break;
      ++part_;
      Fixed fixed = measure_fixed(*scenario);
      if (*stop_ == 0) table.fixed.push_back(std::move(fixed));
    }
    for (const VariantOption& design : designs_of(model)) measure(table, design, scenarios);
    table.complete = *stop_ == 0;
    progress_.clear();
    return table;
  }

 private:
  RunRequest request(const Scenario& scenario, const AppliedVariant& applied) {
    RunRequest request;
    request.variant = {&scenario, applied.defects, applied.name, std::nullopt, ""};
    request.seed = options_.seed;
    request.executions = options_.executions.value_or(0);
    // Of a property that is what each of its workloads gets: their number is what finds more.
    if (scenario.workload != nullptr && request.executions > scenario.executions)
      request.executions = scenario.executions;
    if (options_.time_per_switch)
      request.time_s = std::chrono::duration<double>(*options_.time_per_switch).count();
    request.jobs = options_.jobs;
    request.shrink = false;  // whether something is found is all that counts
    request.stop = stop_;
    request.on_progress = [this, &scenario, &applied](const sim::Progress& progress) {
      if (progress_.is_due())
        progress_.show(fmt::format("[{}/{}] {}  {}  {} executions", part_, parts_, scenario.name,
                                   applied.name, with_commas(progress.counts.all())));
    };
    return request;
  }

  void measure(Cell& cell) {
    RunRequest run = request(*cell.scenario, cell.applied);
    run.strategy = scenarios::StrategyKind::portfolio;
    run.enough = [&cell](const sim::Report& report) {
      return is_expected(cell.applied, report.kind);
    };
    look(cell, runner_.run(run));
    if (!cell.found && cell.scenario->workload == nullptr && *stop_ == 0) search(cell, run);
  }

  /// What so many samples do not show, a search within the scenario's bounds may.
  void search(Cell& cell, RunRequest run) {
    const std::uint64_t sampled = cell.executions;
    run.strategy = scenarios::StrategyKind::dfs;
    run.executions = options_.executions.value_or(exhausting_executions);
    run.jobs = 1;
    look(cell, runner_.run(run));
    cell.executions += sampled;
  }

  void look(Cell& cell, const RunResult& result) {
    cell.measured = *stop_ == 0;
    cell.executions = result.campaign.counts.all();
    for (std::size_t i = 0; i < result.campaign.findings.size(); ++i) {
      const sim::Found& found = result.campaign.findings[i];
      if (!is_expected(cell.applied, found.report.kind)) continue;
      cell.measured = cell.found = true;
      cell.kind = found.report.kind;
      // With generated workloads, those of the ones before come first.
      const std::uint64_t earlier =
          i < result.found_under.size() ? cell.executions - result.found_under[i].executions : 0;
      cell.executions = earlier + found.first_index + 1;
      return;
    }
  }

  /// In each scenario that checks a property. The fixed variant has been measured there.
  void measure(MatrixTable& table, const VariantOption& design,
               const std::vector<const Scenario*>& scenarios) {
    for (std::size_t i = 0; i < scenarios.size() && *stop_ == 0; ++i) {
      const Scenario& scenario = *scenarios[i];
      if (scenario.property.empty()) continue;
      const AppliedVariant applied = apply(design, scenario);
      Guarantee guarantee;
      guarantee.design = applied.name;
      guarantee.result = design.form == VariantOption::Form::fixed
                             ? table.fixed[i]
                             : sample_and_verify(scenario, applied, true);
      if (*stop_ == 0) table.guarantees.push_back(std::move(guarantee));
    }
  }

  Fixed measure_fixed(const Scenario& scenario) {
    const AppliedVariant nothing = apply({VariantOption::Form::fixed, {}}, scenario);
    Fixed fixed = sample_and_verify(scenario, nothing, false);
    if (*stop_ != 0 || fixed.verified.verdict != scenarios::Verdict::inconclusive) return fixed;
    if (fixed.random.verdict == scenarios::Verdict::finding || scenario.workload != nullptr)
      return fixed;
    exhaust(fixed, request(scenario, nothing));
    return fixed;
  }

  /// All schedules with no preemption, then those with one, up to the scenario's bound: the largest
  /// bound within which that ends says most.
  void exhaust(Fixed& fixed, RunRequest run) {
    run.strategy = scenarios::StrategyKind::dfs;
    run.executions = at_most(exhausting_executions);
    for (std::uint32_t bound = 0; bound <= fixed.scenario->dfs_preemptions; ++bound) {
      run.preemptions = bound;
      RunResult result = runner_.run(run);
      if (*stop_ != 0) return;
      const bool says_more = bound == 0 || result.exhaustive || !result.campaign.findings.empty();
      fixed.searched += result.campaign.counts.all();
      if (says_more) fixed.dfs = std::move(result);
      if (!fixed.dfs.exhaustive || !says_more) return;
    }
  }

  /// `for_breach`: it ends when the scenario's property was seen broken.
  Fixed sample_and_verify(const Scenario& scenario, const AppliedVariant& applied,
                          bool for_breach) {
    RunRequest run = request(scenario, applied);
    if (for_breach) {
      run.strategy = scenarios::StrategyKind::portfolio;
      run.enough = [&scenario](const sim::Report& report) { return is_breach(report, scenario); };
    }
    Fixed fixed;
    fixed.scenario = &scenario;
    fixed.random = runner_.run(run);
    if (*stop_ != 0 || fixed.random.verdict == scenarios::Verdict::finding) return fixed;
    if (scenario.workload != nullptr) return fixed;  // there is no end to workloads
    run.strategy = scenarios::StrategyKind::dfs;
    run.reduction = sim::Reduction::optimal;
    run.preemptions = sim::no_preemption_bound;
    run.executions = at_most(verifying_executions);
    fixed.verified = runner_.run(run);
    return fixed;
  }

  /// A number of samples that is asked for bounds the searches as well, to ten times as many.
  std::uint64_t at_most(std::uint64_t executions) const {
    return std::min(executions, 10 * options_.executions.value_or(executions));
  }

  const MatrixOptions& options_;
  Progress progress_;
  const volatile std::sig_atomic_t* stop_;
  Runner runner_;
  std::size_t part_ = 0;
  std::size_t parts_ = 0;
};

}  // namespace

ExitCode perform(const MatrixOptions& options) {
  const Model& model = find_model(options.model);
  Results results(options.json);
  const MatrixTable table = Measurement(options).table(model);
  tell(results, table);
  results.finish(matrix_json(table));
  return exit_code(table);
}

}  // namespace heddle::cli
