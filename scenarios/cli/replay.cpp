// heddle replay: makes the choices of a trace again, each checked, and says whether its finding
// comes again.
//
// A trace that no longer fits is an input problem (exit 2): the code under test has changed since.
// Only if a second replay differs from the first is it nondeterminism (exit 5).
#include <algorithm>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/nearest.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "scenarios/registry/runner.hpp"
#include "traces/format.hpp"

namespace heddle::cli {
namespace {

using scenarios::ReplayResult;
using scenarios::Runner;

/// The scenario may have another name by now: a near one is suggested.
void check_scenario(const traces::Trace& trace, const std::string& path) {
  std::vector<std::string> names;
  for (const scenarios::Scenario& scenario : scenarios::all_scenarios()) {
    if (scenario.name == trace.scenario) return;
    names.push_back(scenario.name);
  }
  throw InputError(
      fmt::format("'{}' is a trace of scenario '{}', which this heddle does not have{}", path,
                  trace.scenario, did_you_mean(trace.scenario, names)));
}

/// Of what was found again, what the trace is about; nullptr if nothing was found.
const sim::Report* choose_report(const traces::Trace& trace, const ReplayResult& result) {
  if (result.findings.empty()) return nullptr;
  const auto same =
      std::find_if(result.findings.begin(), result.findings.end(), [&](const sim::Report& report) {
        return trace.finding && report.fingerprint == trace.finding->fingerprint;
      });
  return same == result.findings.end() ? &result.findings.front() : &*same;
}

void tell_finding(Results& results, const sim::Report& report, const ReplayOptions& options) {
  std::string lanes = stored_lanes(report.trace);
  if (options.until) lanes = lanes_until(lanes, *options.until);
  if (!lanes.empty()) results.print("{}\n", lanes);
  results.print("{}\n", results.headline(report, 0));
}

[[noreturn]] void no_longer_applies(const std::string& path, const std::string& text) {
  throw InputError(
      fmt::format("the trace '{}' no longer applies: {}; the code under test or the "
                  "scenario has changed since, so record it again",
                  path, text));
}

ExitCode tell(const ReplayResult& result, const traces::Trace& trace,
              const ReplayOptions& options) {
  Results results;
  const sim::Report* report = choose_report(trace, result);
  if (report != nullptr) tell_finding(results, *report, options);
  if (result.kind == ReplayResult::Kind::same) {
    results.print("the trace fails as recorded\n");
    return ExitCode::finding;
  }
  if (!result.text.empty()) results.print("{}\n", printable_lines(result.text));
  if (report != nullptr) {
    results.print("the trace fails, but not as recorded\n");
    return ExitCode::finding;
  }
  results.print("the trace no longer fails: is it fixed?\n");
  return ExitCode::as_expected;
}

}  // namespace

ExitCode perform(const ReplayOptions& options) {
  const std::string text = read_trace_text(options.trace);
  const traces::Result<traces::Trace> trace = traces::from_text(text, options.trace);
  if (!trace) throw InputError(trace.error());
  check_scenario(*trace, options.trace);

  Runner runner;
  const ReplayResult result = runner.replay(text);
  switch (result.kind) {
    case ReplayResult::Kind::unreadable:
      throw InputError(fmt::format("cannot replay '{}': {}", options.trace, result.text));
    case ReplayResult::Kind::diverged: {
      const ReplayResult again = runner.replay(text);
      if (again.kind == result.kind && again.text == result.text)
        no_longer_applies(options.trace, result.text);
      throw InputError(fmt::format("two replays of '{}' differ: first {}; then {}", options.trace,
                                   result.text, again.text),
                       ExitCode::nondeterminism);
    }
    case ReplayResult::Kind::same:
    case ReplayResult::Kind::different:
      break;
  }
  return tell(result, *trace, options);
}

}  // namespace heddle::cli
