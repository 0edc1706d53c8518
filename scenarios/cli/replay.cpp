// heddle replay: makes the choices of a trace again, each checked, and says whether its finding
// comes again.
#include <algorithm>
#include <optional>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/debugger.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/repeat.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "scenarios/cli/turning.hpp"
#include "scenarios/registry/runner.hpp"
#include "traces/lanes.hpp"

namespace heddle::cli {
namespace {

using scenarios::ReplayResult;
using scenarios::Runner;

/// Of what was found again, what the trace is about; nullptr if nothing was found.
const sim::Report* choose_report(const traces::Trace& trace, const ReplayResult& result) {
  if (result.findings.empty()) return nullptr;
  const auto same =
      std::find_if(result.findings.begin(), result.findings.end(), [&](const sim::Report& report) {
        return trace.finding && report.fingerprint == trace.finding->fingerprint;
      });
  return same == result.findings.end() ? &result.findings.front() : &*same;
}

void tell_finding(Results& results, const sim::Report& report, const std::string& rendering,
                  const ReplayOptions& options, const scenarios::TurningPoint* turn) {
  std::string lanes = rendering.empty() ? stored_lanes(report.trace) : rendering;
  if (turn != nullptr) lanes = lanes_with_turn(lanes, *turn);
  if (options.until) lanes = lanes_until(lanes, *options.until);
  if (!lanes.empty()) results.print("{}\n", lanes);
  results.print("{}\n", results.headline(report, 0));
}

ExitCode tell(const ReplayResult& result, const traces::Trace& trace, const ReplayOptions& options,
              const scenarios::TurningPoint* turn) {
  Results results;
  const sim::Report* report = choose_report(trace, result);
  if (report != nullptr) tell_finding(results, *report, result.rendering, options, turn);
  if (result.kind == ReplayResult::Kind::same) {
    if (turn != nullptr) results.print("{}\n", hang(turning_text(*turn), text_columns(), 2));
    results.print("the trace fails as recorded\n");
    return ExitCode::finding;
  }
  if (!result.text.empty())
    results.print("{}\n", hang(printable_lines(result.text), text_columns(), 2));
  if (report != nullptr) {
    results.print("the trace fails, but not as recorded\n");
    return ExitCode::finding;
  }
  results.print("the trace no longer fails: is it fixed?\n");
  return ExitCode::as_expected;
}

}  // namespace

ExitCode perform(const ReplayOptions& options) {
  if (options.gdb) replay_in_gdb(options.trace, options.until.value_or(1));
  if (options.here) return replay_here(options.trace, options.until.value_or(1));
  const TraceFile file = read_trace(options.trace);
  Runner runner;
  scenarios::Render render;  // without --until what the replay itself draws will do
  if (options.until)
    render = [&](const traces::Trace& trace, const traces::Recording& recording) {
      return traces::lanes(trace, recording, {.whole_at = options.until});
    };
  const ReplayResult result = repeat(runner, file, render);
  std::optional<scenarios::TurningPoint> turn;
  if (options.turning_point && result.kind == ReplayResult::Kind::same && file.trace.finding)
    turn = turning_point(runner, file);
  return tell(result, file.trace, options, turn ? &*turn : nullptr);
}

}  // namespace heddle::cli
