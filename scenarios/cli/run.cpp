// heddle run: explores scenarios, keeps the traces of what is found, and holds it against what was
// expected.
#include <chrono>
#include <set>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/exploration.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/page.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/report.hpp"
#include "scenarios/cli/resumption.hpp"
#include "scenarios/cli/suite.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_folder.hpp"

namespace heddle::cli {
namespace {

using scenarios::Runner;
using scenarios::RunRequest;
using scenarios::Scenario;

/// How many executions minimising may try for each finding of a run.
constexpr std::uint64_t minimising_attempts = 2'000;

void check_workload_options(const CampaignSettings& settings, const Scenario& scenario) {
  const bool generates = scenario.workload != nullptr;
  if (!generates && (settings.workloads || !settings.workload.empty()))
    throw InputError(fmt::format("{} has no generated workloads: leave out {}", scenario.name,
                                 settings.workloads ? "--workloads" : "--workload"));
  if (generates && settings.execution && settings.workload.empty())
    throw InputError(
        fmt::format("--execution of {} needs a --workload, as each has executions of "
                    "its own",
                    scenario.name));
  if (settings.workload.empty()) return;
  if (const auto problem = scenarios::problem_with_workload(scenario, settings.workload))
    throw InputError("--workload: " + *problem);
}

/// What is to be run, all shards together.
struct WholePlan {
  std::vector<Planned> campaigns;
  std::string announcement;
  bool minimise = true;
};

WholePlan plan_of_options(const RunOptions& options) {
  WholePlan whole;
  const std::vector<const Scenario*> selection = select(options.filters);
  for (const Scenario* scenario : selection) {
    check_workload_options(options.settings, *scenario);
    Planned planned{scenario, apply(options.settings.variant, *scenario), options.settings};
    for (std::uint64_t i = 0; i < options.seeds; ++i, ++planned.settings.seed)
      whole.campaigns.push_back(planned);
  }
  whole.announcement = announcement(selection.size(), options.settings);
  if (options.seeds > 1) whole.announcement += fmt::format(" and {} more", options.seeds - 1);
  whole.minimise = options.minimise;
  return whole;
}

WholePlan plan_of_suite(const RunOptions& options) {
  Suite suite = load_suite(options.suite);
  WholePlan whole;
  std::set<const Scenario*> wanted;
  if (!options.filters.empty())
    for (const Scenario* scenario : select(options.filters)) wanted.insert(scenario);
  std::set<const Scenario*> scenarios;
  for (Planned& planned : suite.plan) {
    if (!wanted.empty() && !wanted.contains(planned.scenario)) continue;
    scenarios.insert(planned.scenario);
    whole.campaigns.push_back(std::move(planned));
  }
  if (whole.campaigns.empty())
    throw InputError(fmt::format("suite {} has none of the selected scenarios", suite.name),
                     ExitCode::nothing_selected);
  whole.announcement = fmt::format("suite {}, {} of {}", printable(suite.name),
                                   counted(whole.campaigns.size(), "campaign", "campaigns"),
                                   counted(scenarios.size(), "scenario", "scenarios"));
  whole.minimise = options.minimise && suite.minimise;
  return whole;
}

/// All that a run adds up.
class Run {
 public:
  Run(const RunOptions& options, const WholePlan& whole)
      : options_(options),
        whole_(whole),
        plan_(take_shard(whole.campaigns, options.shard.shard,
                         whole.campaigns.size() == 1 ? "selected campaign" : "selected campaigns")),
        position_(position_of(lines_of(whole.campaigns), 0, options.shard)),
        widths_(line_widths(plan_)),
        resumption_(options.resume, "run", {fmt::format("--minimize {}", whole.minimise)},
                    lines_of(plan_)),
        results_(options.output.takes_stdout()),
        reports_(options.output),
        progress_(options.quiet),
        traces_(options, whole.campaigns) {}

  ExitCode perform() {
    stop_ = watch_for_interrupts();
    results_.print("{}{}\n", whole_.announcement, shard_text(options_.shard));
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      if (is_done(i))
        tell_again(i);
      else
        explore(i);
      if (*stop_ != 0 || (options_.fail_fast && code_ != ExitCode::as_expected)) break;
    }
    if (*stop_ != 0) code_ = worse(code_, ExitCode::interrupted);
    code_ = worse(code_, traces_.code());
    progress_.clear();
    finish();
    return code_;
  }

 private:
  void explore(std::size_t index) {
    const Planned& planned = plan_[index];
    RunRequest request = request_for(planned, options_.jobs);
    request.snapshots = options_.snapshots;
    request.shrink = whole_.minimise;
    // Where something is expected, more than the first finding may be needed to see it.
    if (options_.fail_fast && planned.applied.expected.empty())
      request.enough = [](const sim::Report&) { return true; };
    request.stop = stop_;
    request.on_progress = [&](const sim::Progress& progress) { show(progress, index); };
    request.on_finding = [&](const sim::Found& found) {
      traces_.keep_early(planned, found.report);
    };
    doing_.clear();
    request.on_workload = [&](std::uint64_t workload, std::uint64_t candidate) {
      doing_ = fmt::format("  workload {}", with_commas(workload + 1));
      if (candidate != 0) doing_ += fmt::format(", shrinking, attempt {}", with_commas(candidate));
    };
    const auto start = std::chrono::steady_clock::now();
    Explored explored{&planned, runner_.run(request), {}, {}, {}};
    std::vector<std::string> originals;
    for (const sim::Found& found : explored.result.campaign.findings)
      originals.push_back(found.report.trace);
    minimise(explored, index);
    progress_.clear();
    traces_.keep(explored);
    if (options_.pages) write_pages(explored, originals);
    const Ending ending = ending_of(explored);
    executions_ += explored.result.campaign.counts.all();
    std::string told;
    results_.tee(&told);
    tell(results_, explored, ending, widths_,
         wants_schedule(explored.result.campaign.findings.size(), ending));
    results_.tee(nullptr);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    add(ending, {exploration_json(explored, ending), took.count()});
    if (ending != Ending::cut && *stop_ == 0) keep(index, ending, told);
  }

  void add(Ending ending, ReportRow row) {
    code_ = worse(code_, exit_code(ending));
    ++count(ending);
    row.json["plan"] = plan_json(position_);
    position_.position += options_.shard.shard.count;
    rows_.push_back(std::move(row));
  }

  bool is_done(std::size_t index) const { return !resumption_.checkpoint(index).empty(); }

  /// What was done before stands in the file of --resume, in its own words.
  void tell_again(std::size_t index) {
    const Json done = Json::parse(resumption_.checkpoint(index));
    const auto ending = static_cast<Ending>(done["ending"].get<int>());
    wants_schedule(done["row"]["findings"].size(), ending);
    results_.put(done["told"].get<std::string>());
    add(ending, {done["row"], done["seconds"].get<double>()});
  }

  void keep(std::size_t index, Ending ending, const std::string& told) {
    if (!resumption_.is_wanted() || keep_failed_) return;
    const Json done = {{"ending", static_cast<int>(ending)},
                       {"told", without_colour(told)},
                       {"row", rows_.back().json},
                       {"seconds", rows_.back().seconds.value_or(0)}};
    try {
      resumption_.keep(index, done.dump(-1, ' ', false, Json::error_handler_t::replace));
    } catch (const InputError& error) {
      complain(fmt::format("{}; what is done is not kept from here on", error.what()));
      keep_failed_ = true;
      code_ = worse(code_, error.code());
    }
  }

  std::size_t& count(Ending ending) {
    if (ending == Ending::ok) return as_expected_;
    return ending == Ending::unsure || ending == Ending::cut ? inconclusive_ : not_expected_;
  }

  /// The schedules of the first failure, and of the first finding when all goes as expected.
  bool wants_schedule(std::size_t findings, Ending ending) {
    if (options_.quiet || findings == 0) return false;
    bool& shown = ending == Ending::ok ? finding_shown_ : failure_shown_;
    const bool wanted = !shown && !failure_shown_;
    shown = true;
    return wanted;
  }

  /// An execution that is asked for alone is told as it is.
  void minimise(Explored& explored, std::size_t index) {
    std::vector<sim::Found>& findings = explored.result.campaign.findings;
    explored.minimised.resize(findings.size());
    if (!whole_.minimise || explored.planned->settings.execution ||
        explored.result.nondeterministic)
      return;
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

  /// A page has the trace, what it was before it was made smaller, and the nearest passing one.
  void write_pages(Explored& explored, const std::vector<std::string>& originals) {
    for (std::size_t i = 0; i < explored.traces.size(); ++i) {
      explored.pages.emplace_back();
      const std::string& path = explored.traces[i];
      if (path.empty()) continue;
      try {
        const std::string command = program_word() + " replay " + shell_word(path);
        std::vector<PagePart> parts = {{{"as found", command, {}}, read_trace(path)}};
        if (parts[0].file.text != originals[i]) {
          parts[0].notes.label = "minimised";
          const std::string found = path + " before it was minimised";
          parts.push_back(
              {{"as found", rerun_command(explored, i), {}}, trace_of(found, originals[i])});
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
      const double rate = static_cast<double>(executions_) / std::max(seconds, 1e-9);
      put_on_stderr(
          fmt::format("heddle: {} in {} ({}/s)\n", counted(executions_, "execution", "executions"),
                      duration_text(took), with_commas(static_cast<std::uint64_t>(rate))));
    }
    if (told == plan_.size() && *stop_ == 0)
      resumption_.remove();
    else if (resumption_.is_kept() && !keep_failed_)
      results_.print("kept in {}: the same command goes on from there\n",
                     shell_word(options_.resume));
    code_ = worse(code_, reports_.write(results_, rows_));
  }

  const RunOptions& options_;
  const WholePlan& whole_;
  std::vector<Planned> plan_;  // this shard's part
  PlanPosition position_;      // of the next row
  LineWidths widths_;
  Resumption resumption_;
  Results results_;
  Reports reports_;
  Progress progress_;
  TraceFolder traces_;
  Runner runner_;
  const volatile std::sig_atomic_t* stop_ = nullptr;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<ReportRow> rows_;
  ExitCode code_ = ExitCode::as_expected;
  std::size_t as_expected_ = 0;
  std::size_t not_expected_ = 0;
  std::size_t inconclusive_ = 0;
  std::uint64_t executions_ = 0;
  bool finding_shown_ = false;
  bool failure_shown_ = false;
  bool keep_failed_ = false;
  std::string doing_;  // with which workload
};

}  // namespace

ExitCode perform(const RunOptions& options) {
  const WholePlan whole = options.suite.empty() ? plan_of_options(options) : plan_of_suite(options);
  return Run(options, whole).perform();
}

}  // namespace heddle::cli
