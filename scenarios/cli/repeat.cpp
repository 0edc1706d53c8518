// A trace that no longer fits is an input problem (exit 2): the code under test has changed since.
// Only if a second replay differs from the first is it nondeterminism (exit 5).
#include "scenarios/cli/repeat.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/nearest.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "traces/format.hpp"

namespace heddle::cli {
namespace {

using scenarios::ReplayResult;

/// The scenario may have another name by now: a near one is suggested.
void check_scenario(const TraceFile& file) {
  std::vector<std::string> names;
  for (const scenarios::Scenario& scenario : scenarios::all_scenarios()) {
    if (scenario.name == file.trace.scenario) return;
    names.push_back(scenario.name);
  }
  throw InputError(
      fmt::format("'{}' is a trace of scenario '{}', which this heddle does not have{}", file.path,
                  file.trace.scenario, did_you_mean(file.trace.scenario, names)));
}

[[noreturn]] void no_longer_applies(const std::string& path, const std::string& text) {
  throw InputError(
      fmt::format("the trace '{}' no longer applies: {}; the code under test or the "
                  "scenario has changed since, so record it again",
                  path, text));
}

}  // namespace

TraceFile read_trace(const std::string& path) { return trace_of(path, read_trace_text(path)); }

TraceFile trace_of(const std::string& name, std::string text) {
  TraceFile file{name, std::move(text), {}};
  traces::Result<traces::Trace> trace = traces::from_text(file.text, name);
  if (!trace) throw InputError(trace.error());
  file.trace = *std::move(trace);
  return file;
}

ReplayResult repeat(scenarios::Runner& runner, const TraceFile& file,
                    const scenarios::Render& render) {
  check_scenario(file);
  ReplayResult result = runner.replay(file.text, render);
  switch (result.kind) {
    case ReplayResult::Kind::lost:
    case ReplayResult::Kind::unreadable:
      throw InputError(fmt::format("cannot replay '{}': {}", file.path, result.text));
    case ReplayResult::Kind::diverged: {
      const ReplayResult again = runner.replay(file.text);
      if (again.kind == result.kind && again.text == result.text)
        no_longer_applies(file.path, result.text);
      throw InputError(fmt::format("two replays of '{}' differ: first {}; then {}", file.path,
                                   result.text, again.text),
                       ExitCode::nondeterminism);
    }
    case ReplayResult::Kind::same:
    case ReplayResult::Kind::different:
      break;
  }
  return result;
}

}  // namespace heddle::cli
