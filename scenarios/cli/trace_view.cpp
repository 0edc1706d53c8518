#include "scenarios/cli/trace_view.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "scenarios/cli/input_error.hpp"
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

/// The step number at the front of a row; 0 if there is none.
std::uint64_t step_of(std::string_view row) {
  row.remove_prefix(std::min(row.find_first_not_of(' '), row.size()));
  std::uint64_t step = 0;
  const auto [end, error] = std::from_chars(row.data(), row.data() + row.size(), step);
  const bool whole = end == row.data() + row.size() || *end == ' ';
  return error == std::errc{} && whole ? step : 0;
}

Json machine_json(const sim::MachineConfig& machine) {
  Json racy = Json::array();
  for (const sim::RacyField& field : machine.racy)
    racy.push_back({{"label", field.label}, {"offset", field.offset}, {"size", field.size}});
  return {{"cpus", machine.cpus},
          {"preemption", word(machine.preemption)},
          {"interleave", word(machine.interleave)},
          {"hard_allocation_faults", machine.allocation_faults.hard},
          {"soft_allocation_faults", machine.allocation_faults.soft},
          {"steps_max", machine.limits.steps_max},
          {"accesses_between_steps_max", machine.limits.accesses_between_steps_max},
          {"racy", racy}};
}

Json choice_json(const traces::Choice& choice) {
  Json json = {{"reason", word(choice.reason)}, {"arity", choice.arity}};
  if (choice.reason == sim::Reason::schedule) {
    json["context"] = choice.context;
    json["operation"] = word(choice.kind);
    json["object"] = choice.object;
  } else {
    json["value"] = choice.value;
  }
  return json;
}

}  // namespace

const std::vector<std::string>& show_formats() {
  static const std::vector<std::string> formats = {"lanes", "json"};
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
    past = step_of(row) > step;
    if (!past) kept.append(row) += '\n';
  }
  return past ? kept + "      … the trace goes on\n" : kept;
}

Json trace_json(const traces::Trace& trace) {
  Json parameters = Json::object();
  for (const traces::Parameter& parameter : trace.parameters)
    parameters[parameter.name] = parameter.value;
  Json choices = Json::array();
  for (const traces::Choice& choice : trace.choices) choices.push_back(choice_json(choice));
  Json finding;
  if (trace.finding)
    finding = {{"kind", word(trace.finding->kind)},
               {"fingerprint", trace.finding->fingerprint},
               {"message", trace.finding->message}};
  return {{"format", traces::format_version},
          {"scenario", trace.scenario},
          {"variant", trace.variant},
          {"parameters", parameters},
          {"workload", trace.workload},
          {"machine", machine_json(trace.machine)},
          {"strategy", trace.strategy},
          {"seed", seed_text(trace.seed)},
          {"execution", trace.execution},
          {"build", trace.build},
          {"finding", finding},
          {"choices", choices}};
}

std::string read_trace_text(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  std::string text;
  int cause = file == nullptr ? errno : 0;
  if (file != nullptr) {
    char buffer[1 << 16];
    errno = 0;
    for (std::size_t n = 1; n != 0 && text.size() <= traces::limits::file_bytes_max;) {
      n = std::fread(buffer, 1, sizeof buffer, file);
      text.append(buffer, n);
    }
    if (std::ferror(file) != 0) cause = errno == 0 ? EIO : errno;
    std::fclose(file);
  }
  if (cause != 0)
    throw InputError(fmt::format("cannot read the trace '{}': {}; `heddle run` writes traces", path,
                                 std::strerror(cause)));
  if (text.size() > traces::limits::file_bytes_max)
    throw InputError(fmt::format("'{}' is no trace: it is larger than a trace can be ({} MiB)",
                                 path, traces::limits::file_bytes_max >> 20));
  return text;
}

}  // namespace heddle::cli
