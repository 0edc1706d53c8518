// Reports for forges: a summary in Markdown, and GitHub's workflow commands.
// Source: GitHub Docs, "Workflow commands for GitHub Actions" (escapes, ten annotations a step).
#include <fmt/format.h>

#include "scenarios/cli/report.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

/// GitHub cuts a summary off at a megabyte, and nobody reads that much.
constexpr std::size_t findings_told_max = 100;
constexpr std::size_t rows_told_max = 200;

std::string in_cell(const std::string& text) {
  std::string cell;
  for (const char c : printable(text)) {
    if (c == '|' || c == '<' || c == '*' || c == '_' || c == '`' || c == '[') cell += '\\';
    cell += c;
  }
  return cell;
}

/// Text between backquotes; no quoting helps against one in it.
std::string code(const std::string& text) {
  std::string safe = printable(text);
  for (char& c : safe)
    if (c == '`')
      c = '\'';
    else if (c == '|')
      c = '!';
  return '`' + safe + '`';
}

std::string escaped(const std::string& text, bool property) {
  std::string safe;
  for (const char c : text) {
    if (c == '%')
      safe += "%25";
    else if (c == '\n')
      safe += "%0A";
    else if (c == '\r')
      safe += "%0D";
    else if (property && c == ':')
      safe += "%3A";
    else if (property && c == ',')
      safe += "%2C";
    else
      safe += c;
  }
  return safe;
}

std::string annotation(std::string_view command, const ReportLocation& location,
                       const std::string& title, const std::string& text) {
  std::string line = fmt::format("::{} file={}", command, escaped(location.file, true));
  if (location.line != 0) line += fmt::format(",line={}", location.line);
  return line + fmt::format(",title={}::{}\n", escaped(title, true), escaped(text, false));
}

std::string problem_rows(const ReportRows& rows) {
  std::string text;
  std::size_t told = 0;
  for (const ReportRow& row : rows) {
    if (standing(row.json) == Standing::as_expected) continue;
    if (++told > rows_told_max) continue;
    std::string why = row.json.at("explanation");
    if (why.ends_with(':')) why.pop_back();
    text += fmt::format("| {} | {} | {} |\n", code(full_name(row.json)),
                        row.json.at("ending").get<std::string>(), in_cell(why));
  }
  if (text.empty()) return "";
  text = "\n| not as expected | ending | why |\n|---|---|---|\n" + text;
  if (told > rows_told_max) text += fmt::format("\n{} more are not shown.\n", told - rows_told_max);
  return text;
}

std::string finding_rows(const ReportRows& rows) {
  const std::vector<DistinctFinding> distinct = distinct_findings(rows);
  if (distinct.empty()) return "";
  std::string text = "\n| finding | in | expected | executions | again |\n|---|---|---|---:|---|\n";
  for (std::size_t i = 0; i < distinct.size() && i < findings_told_max; ++i) {
    const Json& finding = *distinct[i].finding;
    text += fmt::format(
        "| **{}** {} | {} | {} | {} | {} |\n", in_cell(finding.at("kind").get<std::string>()),
        in_cell(finding.at("message").get<std::string>()), code(full_name(*distinct[i].row)),
        distinct[i].expected ? "yes" : "**no**", with_commas(distinct[i].count),
        code(finding.at("command").get<std::string>()));
  }
  if (distinct.size() > findings_told_max)
    text += fmt::format("\n{} more are not shown.\n", distinct.size() - findings_told_max);
  return text;
}

}  // namespace

std::string markdown_report(const ReportRows& rows) {
  const Totals sum = totals(rows);
  const std::size_t findings = distinct_findings(rows).size();
  const bool good = sum.not_expected == 0 && sum.inconclusive == 0;
  return fmt::format("## heddle: {}\n\n{}: {} as expected, {} not, {} inconclusive; {} in {}.\n",
                     good                    ? "all as expected"
                     : sum.not_expected != 0 ? "not as expected"
                                             : "inconclusive",
                     counted(rows.size(), "campaign", "campaigns"), sum.as_expected,
                     sum.not_expected, sum.inconclusive,
                     counted(findings, "distinct finding", "distinct findings"),
                     counted(sum.executions, "execution", "executions")) +
         problem_rows(rows) + finding_rows(rows);
}

std::string annotations(const ReportRows& rows) {
  std::string text;
  for (const ReportRow& row : rows) {
    const Standing is = standing(row.json);
    if (is == Standing::as_expected) continue;
    const std::string name = full_name(row.json);
    bool told = false;
    for (const Json& finding : row.json.at("findings")) {
      if (finding.at("expected").get<bool>()) continue;
      told = true;
      text += annotation("error", location_of(row.json, finding),
                         finding.at("kind").get<std::string>() + " in " + name,
                         finding.at("message").get<std::string>() + "\n" +
                             finding.at("command").get<std::string>());
    }
    if (told) continue;
    const ReportLocation scenario{row.json.at("file").get<std::string>(),
                                  row.json.at("line").get<std::uint64_t>()};
    text += annotation(is == Standing::inconclusive ? "warning" : "error", scenario, name,
                       row.json.at("explanation"));
  }
  return text;
}

}  // namespace heddle::cli
