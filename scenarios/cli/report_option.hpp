// --report FORMAT=FILE: what a run's results are written as, beside the terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heddle::cli {

enum class ReportFormat : std::uint8_t { json, junit, sarif, markdown, html };

/// "json", "junit", …, by value of the enum.
const std::vector<std::string>& report_words();

/// A value of --report.
struct ReportTarget {
  ReportFormat format = ReportFormat::json;
  std::string path;  ///< "-": standard output
};

/// Where results go beside the terminal.
struct ReportOptions {
  std::vector<ReportTarget> targets;  ///< in the order in which they were asked for
  bool annotate = false;              ///< complaints as GitHub's workflow commands, too
  std::string summary;                ///< a file that gets the Markdown at its end; "": none

  /// Is standard output taken, so that what people read has to go elsewhere?
  bool takes_stdout() const;
};

/// What asked for it: "--json", "--report junit".
std::string option_of(const ReportTarget& target);

/// "junit=out/report.xml". @throws InputError, with the near formats.
ReportTarget parse_report(std::string_view option, std::string_view text);

/// Adds it. @throws InputError if it is the second one for standard output.
void add_report_target(ReportOptions& options, ReportTarget target);

/// In a job of GitHub (GITHUB_ACTIONS=true): annotations, and the summary of GITHUB_STEP_SUMMARY.
void add_reports_of_environment(ReportOptions& options);

}  // namespace heddle::cli
