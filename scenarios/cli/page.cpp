#include "scenarios/cli/page.hpp"

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "scenarios/cli/turning.hpp"
#include "traces/page.hpp"

namespace heddle::cli {
namespace {

constexpr std::uint64_t passing_executions_max = 2'000;

std::string data_of(scenarios::Runner& runner, const PagePart& part, std::size_t parts) {
  const auto render = [&](const traces::Trace& trace, const traces::Recording& recording) {
    return traces::page_data(trace, recording, part.notes, parts);
  };
  std::string data = repeat(runner, part.file, render).rendering;
  if (data.empty())
    throw InputError(
        fmt::format("there is nothing to show of '{}': its process ends before the first choice",
                    part.file.path));
  return data;
}

}  // namespace

void add_passing(scenarios::Runner& runner, std::vector<PagePart>& parts) {
  using Kind = scenarios::TurningPoint::Kind;
  PagePart& failing = parts.front();
  if (!failing.file.trace.finding) return;
  scenarios::TurningRequest request;
  request.executions_max = passing_executions_max;
  request.stop = watch_for_interrupts();
  const scenarios::TurningPoint point = runner.turning_point(failing.file.text, request);
  // What cannot be repeated is refused when the page is made; what takes its process along has
  // none.
  if (point.kind == Kind::different || point.kind == Kind::lost || point.kind == Kind::unreadable)
    return;
  failing.notes.turn.emplace();
  failing.notes.turn->text = turning_reason(point);
  if (point.kind != Kind::found) return;
  failing.notes.turn->step = point.step;
  parts.push_back({{"nearest passing", "heddle diff " + shell_word(failing.file.path), {}},
                   trace_of("the nearest passing execution", point.passing)});
}

std::string make_page(scenarios::Runner& runner, const std::vector<PagePart>& parts) {
  std::vector<std::string> data;
  for (const PagePart& part : parts) data.push_back(data_of(runner, part, parts.size()));
  const TraceFile& first = parts.front().file;
  return traces::page(data, first.trace.scenario, stored_lanes(first.text));
}

}  // namespace heddle::cli
