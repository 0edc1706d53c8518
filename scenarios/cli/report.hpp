// What a run's results are written as: a row for each campaign, as docs/json.md describes it, made
// into the formats that others read (docs/reports.md). Every format is a function of the rows, so
// that a report of merged shards is made as that of a run is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/cli/exit_code.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/report_option.hpp"

namespace heddle::cli {

struct ReportRow {
  Json json;
  std::optional<double> seconds;  ///< how long it took; nothing where that is not known
};
using ReportRows = std::vector<ReportRow>;

/// A finding of several rows, once: by scenario and fingerprint.
struct DistinctFinding {
  const Json* row = nullptr;      ///< the first that has it
  const Json* finding = nullptr;  ///< there
  std::uint64_t count = 0;        ///< of all rows
  std::size_t rows = 0;
  bool expected = true;  ///< in all rows
};
/// The unexpected ones first, else in the order of the rows.
std::vector<DistinctFinding> distinct_findings(const ReportRows& rows);

/// How many rows ended how.
struct Totals {
  std::size_t as_expected = 0;
  std::size_t not_expected = 0;
  std::size_t inconclusive = 0;
  std::uint64_t executions = 0;
  double seconds = 0;
};
Totals totals(const ReportRows& rows);

/// "as_expected", …: which of the totals an `ending` of a row belongs to.
enum class Standing : std::uint8_t { as_expected, not_expected, inconclusive };
Standing standing(const Json& row);

/// "churn (posted, portfolio)": what tells a row from the others of its family; stays the same from
/// run to run, as viewers keep histories by it.
std::string case_name(const Json& row);
/// "lu_ref/churn (posted, portfolio)"
std::string full_name(const Json& row);

/// JSON that is read by people as well.
std::string pretty(const Json& document);

/// Where the finding went wrong, as far as that is known: the last of its places with a file; else
/// where the scenario is.
struct ReportLocation {
  std::string file;
  std::uint64_t line = 0;  ///< 0: not known
};
ReportLocation location_of(const Json& row, const Json& finding);

std::string junit_report(const ReportRows& rows);
std::string sarif_report(const ReportRows& rows);
std::string markdown_report(const ReportRows& rows);
/// @param folder  where the page will lie: links to traces and pages are relative to it.
std::string html_report(const ReportRows& rows, const std::string& folder);
/// Workflow commands of GitHub, one a line: what is not as expected, where it can be shown.
std::string annotations(const ReportRows& rows);

/// Writes what was asked for.
class Reports {
 public:
  /// @throws InputError if one of the files cannot be written.
  explicit Reports(const ReportOptions& options);
  /// All of them, each whole or not at all; what cannot be written is complained about.
  /// @returns as_expected, or what failing to write comes to.
  ExitCode write(Results& results, const ReportRows& rows) const;

 private:
  const ReportOptions& options_;
};

}  // namespace heddle::cli
