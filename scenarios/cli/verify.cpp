// heddle verify: exhausts scenarios, with one execution for each Mazurkiewicz trace, and says what
// that proves within which bounds.
#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/exploration.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

using scenarios::Runner;
using scenarios::RunRequest;
using sim::Reduction;

RunRequest request_for(const Planned& planned, const VerifyOptions& options) {
  RunRequest request;
  request.variant = {planned.scenario, planned.workload.defects, planned.workload.name, {}};
  request.strategy = scenarios::StrategyKind::dfs;
  request.reduction = options.reduction;
  request.preemptions = options.preemptions.value_or(sim::no_preemption_bound);
  request.executions = options.executions.value_or(0);
  if (options.time) request.time_s = std::chrono::duration<double>(*options.time).count();
  return request;
}

/// Optimal reduction makes just one execution for each trace; of the others it is not known.
bool counts_traces(const VerifyOptions& options) { return options.reduction == Reduction::optimal; }

void tell(Results& results, const Explored& explored, Ending ending, const VerifyOptions& options) {
  const scenarios::RunResult& result = explored.result;
  const sim::Counts& counts = result.campaign.counts;
  const std::string& variant = explored.planned->workload.name;
  results.print("{:<6}  {}{}  {}\n", word(ending), explored.planned->scenario->name,
                variant.empty() ? "" : " " + variant, result.verdict_text);
  results.print("        executions: {} complete, {} blocked, {} bound reached{}\n",
                with_commas(counts.complete()), with_commas(counts.blocked),
                with_commas(counts.bound_reached), counts_traces(options) ? "; a trace each" : "");
  for (std::size_t i = 0; i < result.campaign.findings.size(); ++i) {
    results.print("        {}\n", results.headline(result.campaign.findings[i].report, 8));
    if (!explored.traces[i].empty())
      results.print("          heddle replay {}\n", shell_word(explored.traces[i]));
  }
}

void write_traces(Explored& explored, const VerifyOptions& options) {
  for (const sim::Found& found : explored.result.campaign.findings) {
    const std::filesystem::path path = std::filesystem::path(options.trace_folder) /
                                       explored.planned->scenario->name /
                                       (found.report.fingerprint + ".trace");
    explored.traces.push_back(path.lexically_normal().string());
    write_file(path, found.report.trace);
  }
}

}  // namespace

ExitCode perform(const VerifyOptions& options) {
  std::vector<Planned> plan;
  for (const scenarios::Scenario* scenario : select(options.filters))
    if (scenario->workload == nullptr)  // no search exhausts generated workloads
      plan.push_back({scenario, apply(options.variant, *scenario)});
  if (plan.empty())
    throw InputError(
        "only scenarios with generated workloads are selected, which no search "
        "exhausts: `heddle run` samples them");
  check_writable_folder("--trace-dir", options.trace_folder);
  Results results(options.json);
  Progress progress(false);
  Runner runner;
  const volatile std::sig_atomic_t* stop = watch_for_interrupts();
  ExitCode code = ExitCode::as_expected;
  Json document = Json::array();
  for (std::size_t i = 0; i < plan.size() && *stop == 0; ++i) {
    RunRequest request = request_for(plan[i], options);
    request.stop = stop;
    request.on_progress = [&](const sim::Progress& now) {
      if (progress.is_due())
        progress.show(fmt::format("[{}/{}] {}  {} executions", i + 1, plan.size(),
                                  plan[i].scenario->name, with_commas(now.counts.all())));
    };
    Explored explored{&plan[i], runner.run(request), {}, {}};
    progress.clear();
    write_traces(explored, options);
    const Ending ending = ending_of(explored, false);
    code = worse(code, exit_code(ending));
    tell(results, explored, ending, options);
    Json row = exploration_json(explored, ending);
    row["strategy"] = word(options.reduction);
    if (counts_traces(options)) row["traces_distinct"] = explored.result.campaign.counts.complete();
    document.push_back(row);
  }
  results.finish(document);
  return *stop == 0 ? code : worse(code, ExitCode::interrupted);
}

}  // namespace heddle::cli
