#include "scenarios/cli/trace_view.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/input_file.hpp"
#include "scenarios/cli/text.hpp"
#include "traces/format.hpp"
#include "traces/token.hpp"

namespace heddle::cli {
namespace {

/// Takes a line off the front, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

/// The step number at the front of a row; 0 if there is none. A row that only names a context goes
/// with the next one.
std::uint64_t step_of(std::string_view row, std::string_view rest) {
  constexpr std::string_view blank = "      ";
  if (row.starts_with(blank) && row.size() > blank.size()) row = take_line(rest);
  row.remove_prefix(std::min(row.find_first_not_of(' '), row.size()));
  std::uint64_t step = 0;
  const auto [end, error] = std::from_chars(row.data(), row.data() + row.size(), step);
  const bool whole = end == row.data() + row.size() || *end == ' ';
  return error == std::errc{} && whole ? step : 0;
}

}  // namespace

const std::vector<std::string>& show_formats() {
  static const std::vector<std::string> formats = {"lanes",    "table", "html",   "json",
                                                   "perfetto", "sarif", "mermaid"};
  return formats;
}

std::string stored_lanes(std::string_view trace_text) {
  std::string lanes;
  while (!trace_text.empty()) {
    std::string_view line = take_line(trace_text);
    if (!line.starts_with('#')) continue;
    line.remove_prefix(line.starts_with("# ") ? 2 : 1);
    std::string row;
    if (!traces::text_from(line, row)) row = line;
    lanes += printable(row) + "\n";
  }
  return lanes;
}

std::string lanes_until(std::string_view lanes, std::uint64_t step) {
  std::string kept;
  bool past = false;
  while (!lanes.empty() && !past) {
    const std::string_view row = take_line(lanes);
    past = step_of(row, lanes) > step;
    if (!past) kept.append(row) += '\n';
  }
  return past ? kept + "      … the trace goes on\n" : kept;
}

std::string lanes_with_line(std::string_view lanes, std::uint64_t step, std::string_view line) {
  std::string marked;
  bool done = false;
  while (!lanes.empty()) {
    const std::string_view row = take_line(lanes);
    if (!done && step_of(row, lanes) >= step) {
      marked.append(line) += '\n';
      done = true;
    }
    marked.append(row) += '\n';
  }
  return marked;
}

std::string read_trace_text(const std::string& path) {
  constexpr std::size_t bytes_max = traces::limits::file_bytes_max;
  InputFile file = read_file(path, bytes_max);
  if (!file.problem.empty())
    throw InputError(fmt::format("cannot read the trace '{}': {}; `heddle run` writes traces", path,
                                 file.problem));
  if (file.text.size() > bytes_max)
    throw InputError(fmt::format("'{}' is no trace: it is larger than a trace can be ({} MiB)",
                                 path, bytes_max >> 20));
  return std::move(file.text);
}

}  // namespace heddle::cli
