// heddle diff: where two executions part. Of a trace alone: from which step on its finding can no
// longer be avoided, and how the nearest execution without it goes instead.
#include <optional>
#include <string>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/repeat.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/turning.hpp"
#include "scenarios/registry/runner.hpp"
#include "scenarios/registry/turning_point.hpp"
#include "traces/divergence.hpp"
#include "traces/side_by_side.hpp"

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

traces::Side side_of(scenarios::Runner& runner, const TraceFile& file) {
  const auto render = [](const traces::Trace& trace, const traces::Recording& recording) {
    return traces::to_bytes(traces::side_of(trace, recording));
  };
  std::optional<traces::Side> side = traces::side_from(repeat(runner, file, render).rendering);
  if (!side)
    throw InputError(fmt::format(
        "there is nothing to show of '{}': its process ends before the first choice", file.path));
  return *std::move(side);
}

/// Both beside each other. What no longer applies can still be compared by its choices.
void tell_both(Results& results, scenarios::Runner& runner, const TraceFile& a, const TraceFile& b,
               const traces::SideBySideOptions& look) {
  try {
    const traces::Side left = side_of(runner, a);
    const traces::Side right = side_of(runner, b);
    results.print("{}\n", traces::side_by_side(left, right, look));
  } catch (const InputError& error) {
    if (error.code() != ExitCode::bad_input) throw;
    complain(fmt::format("only their choices are compared: {}", error.what()));
  }
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
  scenarios::Runner runner;
  if (!divergence.is_none)
    tell_both(results, runner, file, other,
              {.left = printable(file.path),
               .right = printable(other.path),
               .turn = {},
               .ascii = options.ascii});
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
  if (point.kind == TurningPoint::Kind::found) {
    const TraceFile passing = trace_of("the passing execution", point.passing);
    const traces::Divergence divergence = traces::divergence(file.trace, passing.trace);
    tell_both(results, runner, file, passing,
              {.left = printable(file.path),
               .right = "nearest passing",
               .turn = point.step,
               .ascii = options.ascii});
    tell_divergence(results, divergence, "here", "nearest passing");
    document = as_json(divergence);
    if (!options.output.empty()) {
      write_file(options.output, point.passing);
      results.print("the nearest passing execution: {}\n", printable(options.output));
    }
  }
  results.print("{}\n", hang(turning_text(point), text_columns(), 2));
  document["turning_point"] = turning_json(point);
  results.finish(document);
  return point.kind == TurningPoint::Kind::unknown ? ExitCode::inconclusive : ExitCode::as_expected;
}

}  // namespace

ExitCode perform(const DiffOptions& options) {
  return options.other.empty() ? find_passing(options) : compare(options);
}

}  // namespace heddle::cli
