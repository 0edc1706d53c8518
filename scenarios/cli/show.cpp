// heddle show: a trace as it stands in its file, without running anything.
#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "traces/format.hpp"

namespace heddle::cli {

ExitCode perform(const ShowOptions& options) {
  const std::string text = read_trace_text(options.trace);
  const traces::Result<traces::Trace> trace = traces::from_text(text, options.trace);
  if (!trace) throw InputError(trace.error());
  Results results;
  if (options.format == "json") {
    results.put(trace_json(*trace).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return ExitCode::as_expected;
  }
  const std::string lanes = stored_lanes(text);
  if (lanes.empty())
    throw InputError(fmt::format("'{}' carries no lanes; `heddle replay {}` makes them",
                                 options.trace, shell_word(options.trace)));
  results.put(lanes);
  return ExitCode::as_expected;
}

}  // namespace heddle::cli
