// heddle run: explores scenarios, keeps the traces of what is found, and holds it against what was
// expected.
#include <chrono>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/exploration.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/page.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

using scenarios::Runner;
using scenarios::RunRequest;
using scenarios::Scenario;

/// How many executions minimising may try for each finding of a run.
constexpr std::uint64_t minimising_attempts = 2'000;

void check_workload_options(const RunOptions& options, const Scenario& scenario) {
  const bool generates = scenario.workload != nullptr;
  if (!generates && (options.workloads || !options.workload.empty()))
    throw InputError(fmt::format("{} has no generated workloads: leave out {}", scenario.name,
                                 options.workloads ? "--workloads" : "--workload"));
  if (generates && options.execution && options.workload.empty())
    throw InputError(
        fmt::format("--execution of {} needs a --workload, as each has executions of "
                    "its own",
                    scenario.name));
  if (options.workload.empty()) return;
  if (const auto problem = scenarios::problem_with_workload(scenario, options.workload))
    throw InputError("--workload: " + *problem);
}

std::vector<Planned> make_plan(const RunOptions& options) {
  std::vector<Planned> plan;
  for (const Scenario* scenario : take_shard(select(options.filters), options.shard)) {
    check_workload_options(options, *scenario);
    plan.push_back({scenario, apply(options.variant, *scenario)});
  }
  return plan;
}

RunRequest request_for(const Planned& planned, const RunOptions& options) {
  RunRequest request;
  request.variant = {planned.scenario, planned.workload.defects, planned.workload.name,
                     options.interleave, options.workload};
  request.workloads = options.workloads.value_or(0);
  request.shrink = options.minimise;
  request.strategy = options.strategy.kind;
  request.parameter = options.strategy.parameter;
  request.seed = options.seed;
  request.executions = options.executions.value_or(0);
  request.only = options.execution;
  if (options.time) request.time_s = std::chrono::duration<double>(*options.time).count();
  request.jobs = options.jobs;
  request.preemptions = options.preemptions;
  // Where something is expected, more than the first finding may be needed to see it.
  if (options.fail_fast && planned.workload.expected.empty())
    request.enough = [](const sim::Report&) { return true; };
  return request;
}

/// heddle-out/family/scenario/fingerprint.trace
std::string trace_path(const RunOptions& options, const Scenario& scenario,
                       const std::string& fingerprint) {
  std::filesystem::path path(options.trace_folder);
  return (path / scenario.name / (fingerprint + ".trace")).lexically_normal().string();
}

/// All that a run adds up.
class Run {
 public:
  explicit Run(const RunOptions& options)
      : options_(options),
        plan_(make_plan(options)),
        widths_(line_widths(plan_)),
        results_(options.json),
        progress_(options.quiet) {
    if (options.traces) check_writable_folder("--trace-dir", options.trace_folder);
  }

  ExitCode perform() {
    stop_ = watch_for_interrupts();
    results_.print("{}\n", announcement(plan_, options_));
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      explore(i);
      if (*stop_ != 0 || (options_.fail_fast && code_ != ExitCode::as_expected)) break;
    }
    if (*stop_ != 0) code_ = worse(code_, ExitCode::interrupted);
    progress_.clear();
    finish();
    return code_;
  }

 private:
  void explore(std::size_t index) {
    const Planned& planned = plan_[index];
    RunRequest request = request_for(planned, options_);
    request.stop = stop_;
    request.on_progress = [&](const sim::Progress& progress) { show(progress, index); };
    doing_.clear();
    request.on_workload = [&](std::uint64_t workload, std::uint64_t candidate) {
      doing_ = fmt::format("  workload {}", with_commas(workload + 1));
      if (candidate != 0) doing_ += fmt::format(", shrinking, attempt {}", with_commas(candidate));
    };
    Explored explored{&planned, runner_.run(request), {}, {}, {}};
    std::vector<std::string> originals;
    for (const sim::Found& found : explored.result.campaign.findings)
      originals.push_back(found.report.trace);
    minimise(explored, index);
    progress_.clear();
    write_traces(explored);
    if (options_.pages) write_pages(explored, originals);
    const Ending ending = ending_of(explored, options_.execution.has_value());
    code_ = worse(code_, exit_code(ending));
    ++count(ending);
    executions_ += explored.result.campaign.counts.all();
    tell(results_, explored, ending, options_, widths_, wants_schedule(explored, ending));
    document_.push_back(exploration_json(explored, ending));
  }

  std::size_t& count(Ending ending) {
    if (ending == Ending::ok) return as_expected_;
    return ending == Ending::unsure || ending == Ending::cut ? inconclusive_ : not_expected_;
  }

  /// The schedules of the first failure, and of the first finding when all goes as expected.
  bool wants_schedule(const Explored& explored, Ending ending) {
    if (options_.quiet || explored.result.campaign.findings.empty()) return false;
    bool& shown = ending == Ending::ok ? finding_shown_ : failure_shown_;
    const bool wanted = !shown && !failure_shown_;
    shown = true;
    return wanted;
  }

  /// An execution that is asked for alone is told as it is.
  void minimise(Explored& explored, std::size_t index) {
    std::vector<sim::Found>& findings = explored.result.campaign.findings;
    explored.minimised.resize(findings.size());
    if (!options_.minimise || options_.execution || explored.result.nondeterministic) return;
    for (std::size_t i = 0; i < findings.size() && *stop_ == 0; ++i) {
      if (findings[i].report.trace.empty()) continue;
      scenarios::MinimiseRequest request;
      request.attempts_max = minimising_attempts;
      request.stop = stop_;
      request.on_progress = [&](const scenarios::MinimiseProgress& progress) {
        if (progress_.is_due())
          progress_.show(fmt::format("[{}/{}] {}  minimising finding {} of {}: {} attempts",
                                     index + 1, plan_.size(), explored.planned->scenario->name,
                                     i + 1, findings.size(), with_commas(progress.attempts)));
      };
      scenarios::MinimiseResult result = runner_.minimise(findings[i].report.trace, request);
      if (result.kind != scenarios::MinimiseResult::Kind::minimised) continue;
      if (result.after < result.before) findings[i].report = result.report;
      explored.minimised[i] = std::move(result);
    }
  }

  void write_traces(Explored& explored) {
    for (const sim::Found& found : explored.result.campaign.findings) {
      explored.traces.emplace_back();
      if (!options_.traces || write_failed_) continue;
      const std::string path =
          trace_path(options_, *explored.planned->scenario, found.report.fingerprint);
      try {
        write_file(path, found.report.trace);
        explored.traces.back() = path;
      } catch (const InputError& error) {
        complain(fmt::format("{}; traces are not kept from here on", error.what()));
        write_failed_ = true;
        code_ = worse(code_, error.code());
      }
    }
  }

  /// A page has the trace, what it was before it was made smaller, and the nearest passing one.
  void write_pages(Explored& explored, const std::vector<std::string>& originals) {
    for (std::size_t i = 0; i < explored.traces.size(); ++i) {
      explored.pages.emplace_back();
      const std::string& path = explored.traces[i];
      if (path.empty()) continue;
      try {
        const std::string command = "heddle replay " + shell_word(path);
        std::vector<PagePart> parts = {{{"as found", command, {}}, read_trace(path)}};
        if (parts[0].file.text != originals[i]) {
          parts[0].notes.label = "minimised";
          const std::string found = path + " before it was minimised";
          parts.push_back({{"as found", rerun_command(explored, options_, i), {}},
                           trace_of(found, originals[i])});
        }
        add_passing(runner_, parts);
        const std::string page = std::filesystem::path(path).replace_extension(".html").string();
        write_file(page, make_page(runner_, parts));
        explored.pages.back() = page;
      } catch (const InputError& error) {
        complain(fmt::format("no page of {}: {}", path, error.what()));
        code_ = worse(code_, error.code());
      }
    }
  }

  void show(const sim::Progress& progress, std::size_t index) {
    if (!progress_.is_due()) return;
    const std::uint64_t done = progress.counts.all();
    const std::string most =
        progress.executions_max == 0 ? "" : "/" + with_commas(progress.executions_max);
    const double rate = progress.seconds > 0 ? static_cast<double>(done) / progress.seconds : 0;
    progress_.show(fmt::format("[{}/{}] {}{}  {}{} executions  {}/s  {}", index + 1, plan_.size(),
                               plan_[index].scenario->name, doing_, with_commas(done), most,
                               with_commas(static_cast<std::uint64_t>(rate)),
                               counted(progress.findings, "finding", "findings")));
  }

  void finish() {
    const std::size_t told = as_expected_ + not_expected_ + inconclusive_;
    const std::string left =
        told == plan_.size() ? "" : fmt::format(", {} not run", plan_.size() - told);
    results_.print("scenarios: {} as expected, {} not, {} inconclusive{}\n", as_expected_,
                   not_expected_, inconclusive_, left);
    if (!options_.quiet) {
      const auto took = std::chrono::steady_clock::now() - start_;
      const double seconds = std::chrono::duration<double>(took).count();
      fmt::print(stderr, "heddle: {} in {} ({}/s)\n",
                 counted(executions_, "execution", "executions"), duration_text(took),
                 with_commas(static_cast<std::uint64_t>(static_cast<double>(executions_) /
                                                        std::max(seconds, 1e-9))));
    }
    results_.finish(document_);
  }

  const RunOptions& options_;
  std::vector<Planned> plan_;
  LineWidths widths_;
  Results results_;
  Progress progress_;
  Runner runner_;
  const volatile std::sig_atomic_t* stop_ = nullptr;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Json document_ = Json::array();
  ExitCode code_ = ExitCode::as_expected;
  std::size_t as_expected_ = 0;
  std::size_t not_expected_ = 0;
  std::size_t inconclusive_ = 0;
  std::uint64_t executions_ = 0;
  bool finding_shown_ = false;
  bool failure_shown_ = false;
  bool write_failed_ = false;
  std::string doing_;  // with which workload
};

}  // namespace

ExitCode perform(const RunOptions& options) { return Run(options).perform(); }

}  // namespace heddle::cli
