#include "scenarios/cli/page.hpp"

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "traces/page.hpp"

namespace heddle::cli {
namespace {

std::string data_of(scenarios::Runner& runner, const PagePart& part, std::size_t parts) {
  const auto render = [&](const traces::Trace& trace, const traces::Recording& recording) {
    return traces::page_data(trace, recording, part.label, part.command, parts);
  };
  std::string data = repeat(runner, part.file, render).rendering;
  if (data.empty())
    throw InputError(
        fmt::format("there is nothing to show of '{}': its process ends before the first choice",
                    part.file.path));
  return data;
}

}  // namespace

std::string make_page(scenarios::Runner& runner, const std::vector<PagePart>& parts) {
  std::vector<std::string> data;
  for (const PagePart& part : parts) data.push_back(data_of(runner, part, parts.size()));
  const TraceFile& first = parts.front().file;
  return traces::page(data, first.trace.scenario, stored_lanes(first.text));
}

}  // namespace heddle::cli
