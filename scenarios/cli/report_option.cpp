#include "scenarios/cli/report_option.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/values.hpp"

namespace heddle::cli {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

const std::vector<std::string>& report_words() {
  static const std::vector<std::string> words = {"json", "junit", "sarif", "markdown", "html"};
  return words;
}

bool ReportOptions::takes_stdout() const {
  return std::any_of(targets.begin(), targets.end(),
                     [](const ReportTarget& target) { return target.path == "-"; });
}

std::string option_of(const ReportTarget& target) {
  if (target.format == ReportFormat::json) return "--json";
  return "--report " + report_words()[static_cast<std::size_t>(target.format)];
}

ReportTarget parse_report(std::string_view option, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals + 1 == text.size())
    throw InputError(
        fmt::format("{} takes FORMAT=FILE, such as junit=report.xml, not '{}' (formats: {})",
                    option, text, fmt::join(report_words(), ", ")));
  const std::size_t format = parse_word(option, text.substr(0, equals), report_words());
  return {static_cast<ReportFormat>(format), std::string(text.substr(equals + 1))};
}

void add_report_target(ReportOptions& options, ReportTarget target) {
  if (target.path == "-" && options.takes_stdout())
    throw InputError("standard output holds one report only: give the others files");
  options.targets.push_back(std::move(target));
}

void add_reports_of_environment(ReportOptions& options) {
  if (environment("GITHUB_ACTIONS") != "true") return;
  options.annotate = true;
  options.summary = environment("GITHUB_STEP_SUMMARY");
}

}  // namespace heddle::cli
