#include "scenarios/cli/report.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "scenarios/cli/input_error.hpp"

namespace heddle::cli {
namespace {

std::string text_of(ReportFormat format, const ReportRows& rows, const std::string& path) {
  switch (format) {
    case ReportFormat::json: {
      Json document = Json::array();
      for (const ReportRow& row : rows) document.push_back(row.json);
      return pretty(document);
    }
    case ReportFormat::junit:
      return junit_report(rows);
    case ReportFormat::sarif:
      return sarif_report(rows);
    case ReportFormat::markdown:
      return markdown_report(rows);
    case ReportFormat::html:
      return html_report(rows,
                         path == "-" ? "" : std::filesystem::path(path).parent_path().string());
  }
  return "";
}

void write_to_stdout(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
    return;
  throw InputError(
      fmt::format("cannot write the report to standard output: {}", std::strerror(errno)));
}

/// Others have written to the file before.
void append(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  const ssize_t written = file < 0 ? -1 : ::write(file, text.data(), text.size());
  const int cause = errno;
  if (file >= 0) ::close(file);
  if (written != static_cast<ssize_t>(text.size()))
    throw InputError(
        fmt::format("cannot write the summary to '{}': {}", path, std::strerror(cause)));
}

}  // namespace

std::string pretty(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Standing standing(const Json& row) {
  const std::string ending = row.at("ending");
  if (ending == "ok") return Standing::as_expected;
  return ending == "unsure" || ending == "cut" ? Standing::inconclusive : Standing::not_expected;
}

Totals totals(const ReportRows& rows) {
  Totals totals;
  for (const ReportRow& row : rows) {
    const Standing is = standing(row.json);
    ++(is == Standing::as_expected    ? totals.as_expected
       : is == Standing::not_expected ? totals.not_expected
                                      : totals.inconclusive);
    for (const auto& [name, count] : row.json.at("executions").items())
      totals.executions += count.get<std::uint64_t>();
    totals.seconds += row.seconds.value_or(0);
  }
  return totals;
}

std::string case_name(const Json& row) {
  const std::string scenario = row.at("scenario");
  const std::string variant = row.at("variant");
  return fmt::format("{} ({}{}{})", scenario.substr(scenario.find('/') + 1), variant,
                     variant.empty() ? "" : ", ", row.at("approach").get<std::string>());
}

std::string full_name(const Json& row) {
  const std::string scenario = row.at("scenario");
  const std::size_t slash = scenario.find('/');
  return (slash == scenario.npos ? "" : scenario.substr(0, slash + 1)) + case_name(row);
}

ReportLocation location_of(const Json& row, const Json& finding) {
  ReportLocation location{row.at("file").get<std::string>(), row.at("line").get<std::uint64_t>()};
  for (const Json& place : finding.at("places"))
    if (place.at("file").is_string())
      location = {place.at("file").get<std::string>(),
                  place.at("line").is_number() ? place.at("line").get<std::uint64_t>() : 0};
  return location;
}

std::vector<DistinctFinding> distinct_findings(const ReportRows& rows) {
  std::vector<DistinctFinding> distinct;
  std::map<std::pair<std::string, std::string>, std::size_t> known;
  for (const ReportRow& row : rows)
    for (const Json& finding : row.json.at("findings")) {
      const std::pair key(row.json.at("scenario").get<std::string>(),
                          finding.at("fingerprint").get<std::string>());
      const auto [at, is_new] = known.emplace(key, distinct.size());
      if (is_new) distinct.push_back({&row.json, &finding, 0, 0, true});
      DistinctFinding& one = distinct[at->second];
      one.count += finding.at("count").get<std::uint64_t>();
      ++one.rows;
      const bool expected = finding.at("expected");
      // What nobody expected is the one to look at.
      if (one.expected && !expected) one = {&row.json, &finding, one.count, one.rows, false};
    }
  std::stable_partition(distinct.begin(), distinct.end(),
                        [](const DistinctFinding& one) { return !one.expected; });
  return distinct;
}

Reports::Reports(const ReportOptions& options) : options_(options) {
  for (const ReportTarget& target : options.targets)
    if (target.path != "-") check_writable_file(option_of(target), target.path);
}

ExitCode Reports::write(Results& results, const ReportRows& rows) const {
  ExitCode code = ExitCode::as_expected;
  const auto attempt = [&](const auto& write) {
    try {
      write();
    } catch (const InputError& error) {
      complain(error.what());
      code = worse(code, error.code());
    }
  };
  for (const ReportTarget& target : options_.targets)
    attempt([&] {
      const std::string text = text_of(target.format, rows, target.path);
      if (target.path == "-")
        write_to_stdout(text);
      else
        write_file(target.path, text);
    });
  if (options_.annotate) results.put(annotations(rows));
  if (!options_.summary.empty()) attempt([&] { append(options_.summary, markdown_report(rows)); });
  return code;
}

}  // namespace heddle::cli
