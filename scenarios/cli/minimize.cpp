// heddle minimize: writes a trace with the same finding, a smaller workload and a smaller schedule.
#include <filesystem>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/exploration.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "scenarios/registry/runner.hpp"

namespace heddle::cli {
namespace {

using scenarios::MinimiseResult;

constexpr std::uint64_t attempts_max = 50'000;

/// "a/b.trace" becomes "a/b.min.trace".
std::string output_of(const MinimiseOptions& options) {
  if (!options.output.empty()) return options.output;
  std::filesystem::path path(options.trace);
  const std::string ending = path.extension().string();
  return path.replace_extension(".min" + (ending.empty() ? ".trace" : ending)).string();
}

MinimiseResult minimise(const std::string& text, const MinimiseOptions& options) {
  Progress shown(options.quiet);
  scenarios::MinimiseRequest request;
  request.attempts_max = attempts_max;
  request.workload = true;
  request.stop = watch_for_interrupts();
  request.on_progress = [&](const scenarios::MinimiseProgress& progress) {
    if (shown.is_due() && progress.attempts != 0)
      shown.show(fmt::format("{}  {} attempts, the smallest has {} and {}", options.trace,
                             with_commas(progress.attempts),
                             counted(progress.preemptions, "preemption", "preemptions"),
                             counted(progress.steps, "step", "steps")));
  };
  scenarios::Runner runner;
  MinimiseResult result = runner.minimise(text, request);
  switch (result.kind) {
    case MinimiseResult::Kind::unreadable:
    case MinimiseResult::Kind::lost:
      throw InputError(fmt::format("cannot minimize '{}': {}", options.trace, result.text));
    case MinimiseResult::Kind::different:
      throw InputError(
          fmt::format("the trace '{}' no longer applies: {}; the code under test or the "
                      "scenario has changed since, so record it again",
                      options.trace, result.text));
    case MinimiseResult::Kind::minimised:
      break;
  }
  return result;
}

void tell(Results& results, const MinimiseResult& result, const std::string& output) {
  const std::string attempts = counted(result.attempts, "attempt", "attempts");
  if (result.after < result.before)
    results.print("{}; before: {} ({})\n", cost_text(result.after), cost_text(result.before),
                  attempts);
  else
    results.print("{}: nothing smaller was found ({})\n", cost_text(result.after), attempts);
  if (!result.workload.empty()) results.print("workload: {}\n", printable(result.workload));
  if (result.interrupted)
    results.print("interrupted: this is the best so far; minimize the result once more\n");
  else if (!result.complete)
    results.print("the attempts ran out: minimize the result once more\n");
  if (output != "-") results.print("replay: {} replay {}\n", program_word(), shell_word(output));
}

Json as_json(const MinimiseResult& result, const std::string& output) {
  return {{"trace", output == "-" ? Json() : Json(output)},
          {"kind", word(result.report.kind)},
          {"fingerprint", result.report.fingerprint},
          {"message", result.report.message},
          {"workload", result.workload.empty() ? Json() : Json(result.workload)},
          {"before", cost_json(result.before)},
          {"after", cost_json(result.after)},
          {"attempts", result.attempts},
          {"complete", result.complete},
          {"interrupted", result.interrupted}};
}

}  // namespace

ExitCode perform(const MinimiseOptions& options) {
  const std::string output = output_of(options);
  const bool to_stdout = output == "-";
  if (to_stdout && options.json == "-")
    throw InputError("--output - and --json - both want standard output: give one of them a file");
  const std::string text = read_trace_text(options.trace);
  if (!to_stdout) check_writable_file("--output", output);
  Results results(to_stdout ? "-" : options.json);
  const MinimiseResult result = minimise(text, options);
  if (to_stdout)
    Results().put(result.report.trace);
  else
    write_file(output, result.report.trace);
  tell(results, result, output);
  if (!options.json.empty()) Results(options.json).finish(as_json(result, output));
  return result.interrupted ? ExitCode::interrupted : ExitCode::as_expected;
}

}  // namespace heddle::cli
