// heddle diff: where two executions part. Of a trace alone: from which step on its finding can no
// longer be avoided, and how the nearest execution without it goes instead.
#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/repeat.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "scenarios/cli/turning.hpp"
#include "scenarios/registry/runner.hpp"
#include "scenarios/registry/turning_point.hpp"
#include "traces/divergence.hpp"

namespace heddle::cli {
namespace {

using scenarios::TurningPoint;

void check_same_world(const traces::Trace& a, const traces::Trace& b) {
  const char* differs = a.scenario != b.scenario   ? "scenarios"
                        : a.workload != b.workload ? "workloads"
                        : a.variant != b.variant   ? "variants"
                                                   : nullptr;
  if (differs != nullptr)
    throw InputError(
        fmt::format("the traces are of different {} ({} and {}), so no step of one "
                    "stands for a step of the other",
                    differs,
                    a.scenario != b.scenario   ? a.scenario
                    : a.workload != b.workload ? a.workload
                                               : a.variant,
                    a.scenario != b.scenario   ? b.scenario
                    : a.workload != b.workload ? b.workload
                                               : b.variant));
}

/// The lanes of both from a little ahead of where they part.
void tell_both(Results& results, std::string_view a, std::string_view b, std::uint64_t step) {
  constexpr std::uint64_t rows_before = 4;
  const std::uint64_t from = step > rows_before ? step - rows_before : 0;
  results.print("{}\n{}\n", lanes_from(a, from), lanes_from(b, from));
}

void tell_divergence(Results& results, const traces::Divergence& divergence,
                     const std::string& first, const std::string& second) {
  if (divergence.is_none) {
    results.print("both make the same {}\n", counted(divergence.common, "choice", "choices"));
    return;
  }
  const std::string same = divergence.common == 1
                               ? "the first choice is the same"
                               : fmt::format("the first {} are the same",
                                             counted(divergence.common, "choice", "choices"));
  results.print("{}; then, at choice {}:\n  {}: {}\n  {}: {}\n", same, divergence.common + 1, first,
                printable(divergence.first), second, printable(divergence.second));
}

Json as_json(const traces::Divergence& divergence) {
  return {{"common", divergence.common},
          {"first", divergence.first.empty() ? Json() : Json(divergence.first)},
          {"second", divergence.second.empty() ? Json() : Json(divergence.second)}};
}

ExitCode compare(const DiffOptions& options) {
  const TraceFile file = read_trace(options.trace);
  const TraceFile other = read_trace(options.other);
  check_same_world(file.trace, other.trace);
  const traces::Divergence divergence = traces::divergence(file.trace, other.trace);
  Results results(options.json);
  // Neither is executed, so the step is not known: all lanes are shown.
  if (!divergence.is_none) tell_both(results, stored_lanes(file.text), stored_lanes(other.text), 0);
  tell_divergence(results, divergence, options.trace, options.other);
  Json document = as_json(divergence);
  document["turning_point"] = nullptr;
  results.finish(document);
  return ExitCode::as_expected;
}

ExitCode find_passing(const DiffOptions& options) {
  const TraceFile file = read_trace(options.trace);
  if (!options.output.empty()) check_writable_file("--output", options.output);
  scenarios::Runner runner;
  const TurningPoint point = turning_point(runner, file);
  Results results(options.json);
  Json document = {{"common", nullptr}, {"first", nullptr}, {"second", nullptr}};
  const std::string lanes = stored_lanes(file.text);
  if (point.kind == TurningPoint::Kind::found) {
    const TraceFile passing = trace_of("the passing execution", point.passing);
    const traces::Divergence divergence = traces::divergence(file.trace, passing.trace);
    tell_both(results, lanes_with_turn(lanes, point), stored_lanes(point.passing), point.step);
    tell_divergence(results, divergence, "here", "nearest passing");
    document = as_json(divergence);
    if (!options.output.empty()) {
      write_file(options.output, point.passing);
      results.print("the nearest passing execution: {}\n", printable(options.output));
    }
  }
  results.print("{}\n", turning_text(point));
  document["turning_point"] = turning_json(point);
  results.finish(document);
  return point.kind == TurningPoint::Kind::unknown ? ExitCode::inconclusive : ExitCode::as_expected;
}

}  // namespace

ExitCode perform(const DiffOptions& options) {
  return options.other.empty() ? find_passing(options) : compare(options);
}

}  // namespace heddle::cli
