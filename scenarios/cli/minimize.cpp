// heddle minimize: writes a trace with the same finding and a smaller schedule.
#include <filesystem>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/exploration.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/output.hpp"
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

void tell(Results& results, const MinimiseResult& result, const std::string& output) {
  const std::string attempts = counted(result.attempts, "attempt", "attempts");
  if (result.after < result.before)
    results.print("{}; before: {} ({})\n", cost_text(result.after), cost_text(result.before),
                  attempts);
  else
    results.print("{}: nothing smaller was found ({})\n", cost_text(result.after), attempts);
  if (!result.complete) results.print("the attempts ran out: minimize the result once more\n");
  if (output != "-") results.print("replay: heddle replay {}\n", shell_word(output));
}

}  // namespace

ExitCode perform(const MinimiseOptions& options) {
  const std::string output = output_of(options);
  const bool to_stdout = output == "-";
  const std::string text = read_trace_text(options.trace);
  if (!to_stdout) check_writable_file("--output", output);
  scenarios::Runner runner;
  const MinimiseResult result = runner.minimise(text, attempts_max);
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
  if (to_stdout)
    Results().put(result.report.trace);
  else
    write_file(output, result.report.trace);
  Results results(to_stdout ? "-" : "");
  tell(results, result, output);
  return ExitCode::as_expected;
}

}  // namespace heddle::cli
