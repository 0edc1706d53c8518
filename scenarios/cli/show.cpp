// heddle show: a trace in one of several forms. Its lanes are in the file; for all others it is
// repeated.
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/page.hpp"
#include "scenarios/cli/repeat.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "traces/json.hpp"
#include "traces/lanes.hpp"
#include "traces/mermaid.hpp"
#include "traces/perfetto.hpp"
#include "traces/sarif.hpp"

namespace heddle::cli {
namespace {

using traces::Recording;
using traces::Trace;

std::string replay_command(const std::string& path) {
  return program_word() + " replay " + shell_word(path);
}

std::string lanes_of(const TraceFile& file, const ShowOptions& options, scenarios::Runner& runner) {
  const bool is_stored = options.format == "lanes" && !options.ascii;
  if (is_stored) {
    const std::string lanes = stored_lanes(file.text);
    if (!lanes.empty()) return lanes + "replay   " + replay_command(file.path) + "\n";
  }
  const traces::LaneOptions look = {.ascii = options.ascii,
                                    .table = options.format == "table",
                                    .replay = replay_command(file.path)};
  return repeat(runner, file,
                [&](const Trace& trace, const Recording& recording) {
                  return traces::lanes(trace, recording, look);
                })
      .rendering;
}

/// What can be said without running anything is said even where the trace no longer applies.
std::string json_of(const TraceFile& file, scenarios::Runner& runner) {
  const traces::JsonOptions look = {.indent = 2};
  try {
    const scenarios::ReplayResult result =
        repeat(runner, file, [&](const Trace& trace, const Recording& recording) {
          const traces::Story story = story_of(trace, recording);
          return traces::trace_json(trace, &story, look);
        });
    if (!result.rendering.empty()) return result.rendering + "\n";
  } catch (const InputError& error) {
    complain(fmt::format("the JSON has no story: {}", error.what()));
  }
  return traces::trace_json(file.trace, nullptr, look) + "\n";
}

std::string page_of(const TraceFile& file, const ShowOptions& options, scenarios::Runner& runner) {
  std::vector<PagePart> parts;
  parts.push_back({{options.trace, replay_command(options.trace), {}}, file});
  if (options.beside.empty()) {
    parts.front().notes.label = "failing";
    add_passing(runner, parts);
  } else {
    parts.push_back(
        {{options.beside, replay_command(options.beside), {}}, read_trace(options.beside)});
  }
  return make_page(runner, parts);
}

std::string export_of(const TraceFile& file, scenarios::Runner& runner,
                      const std::function<std::string(const Trace&, const traces::Story&)>& make) {
  return repeat(runner, file,
                [&](const Trace& trace, const Recording& recording) {
                  return make(trace, story_of(trace, recording));
                })
      .rendering;
}

std::string render(const TraceFile& file, const ShowOptions& options) {
  scenarios::Runner runner;
  if (options.format == "html") return page_of(file, options, runner);
  if (options.format == "json") return json_of(file, runner);
  if (options.format == "perfetto") return export_of(file, runner, &traces::perfetto);
  if (options.format == "sarif") return export_of(file, runner, &traces::sarif);
  if (options.format == "mermaid") return export_of(file, runner, &traces::mermaid);
  return lanes_of(file, options, runner);
}

}  // namespace

ExitCode perform(const ShowOptions& options) {
  const TraceFile file = read_trace(options.trace);
  if (!options.output.empty()) check_writable_file("--output", options.output);
  const std::string text = render(file, options);
  if (text.empty())
    throw InputError(
        fmt::format("there is nothing to show of '{}': its process ends before the first choice",
                    options.trace));
  if (options.output.empty())
    Results().put(text);
  else
    write_file(options.output, text);
  return ExitCode::as_expected;
}

}  // namespace heddle::cli
