// The index of a run: one page with every distinct finding, and links to its page and its trace.
#include <cctype>
#include <filesystem>

#include <fmt/format.h>

#include "scenarios/cli/report.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>heddle: {title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; }}
body {{ padding: 0 1rem; }}
h1 {{ font-size: 1.4rem; }}
h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .4rem .6rem; }}
th, td {{ border-bottom: 1px solid #8884; }}
td.number {{ text-align: right; }}
code {{ font-size: .9em; overflow-wrap: anywhere; }}
.no {{ font-weight: 600; }}
</style>
</head>
<body>
<h1>heddle: {title}</h1>
)";

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : printable(text)) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  }
  return safe;
}

std::string link_to(const Json& path, const std::string& folder, std::string_view word) {
  if (!path.is_string()) return "";
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path from = fs::absolute(folder.empty() ? "." : folder, error).lexically_normal();
  const fs::path to = fs::absolute(path.get<std::string>(), error).lexically_normal();
  std::string address;
  for (const unsigned char c : to.lexically_relative(from).generic_string()) {
    const bool plain = std::isalnum(c) != 0 || c == '/' || c == '.' || c == '-' || c == '_';
    address += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return fmt::format("<a href=\"{}\">{}</a> ", address, word);
}

std::string finding_row(const DistinctFinding& distinct, const std::string& folder) {
  const Json& finding = *distinct.finding;
  const auto text = [&](const char* member) {
    return escaped(finding.at(member).get<std::string>());
  };
  return fmt::format(
      "<tr id=\"{}\"><td>{}</td><td>{}<br><code>{}</code></td><td><code>{}</code></td>"
      "<td>{}</td><td class=\"number\">{}</td><td>{}{}</td></tr>\n",
      text("fingerprint"), text("kind"), text("message"), text("command"),
      escaped(full_name(*distinct.row)), distinct.expected ? "yes" : "<span class=\"no\">no</span>",
      with_commas(distinct.count), link_to(finding.at("page"), folder, "page"),
      link_to(finding.at("trace"), folder, "trace"));
}

std::string campaign_row(const Json& row) {
  const Json& executions = row.at("executions");
  std::uint64_t all = 0;
  for (const auto& [name, count] : executions.items()) all += count.get<std::uint64_t>();
  const std::string why = row.at("explanation");
  return fmt::format(
      "<tr><td>{}</td><td><code>{}</code></td><td>{}</td><td class=\"number\">{}</td><td "
      "class=\"number\">{}</td></tr>\n",
      escaped(row.at("ending")), escaped(full_name(row)), escaped(why), row.at("findings").size(),
      with_commas(all));
}

}  // namespace

std::string html_report(const ReportRows& rows, const std::string& folder) {
  const Totals sum = totals(rows);
  const std::vector<DistinctFinding> distinct = distinct_findings(rows);
  const std::string title = fmt::format("{} in {}", counted(distinct.size(), "finding", "findings"),
                                        counted(rows.size(), "campaign", "campaigns"));
  std::string page = fmt::format(fmt::runtime(head), fmt::arg("title", title));
  page += fmt::format("<p>{} as expected, {} not, {} inconclusive; {}.</p>\n", sum.as_expected,
                      sum.not_expected, sum.inconclusive,
                      counted(sum.executions, "execution", "executions"));
  if (!distinct.empty()) {
    page +=
        "<h2>Findings</h2>\n<table>\n<tr><th>kind</th><th>finding</th><th>in</th>"
        "<th>expected</th><th>executions</th><th></th></tr>\n";
    for (const DistinctFinding& one : distinct) page += finding_row(one, folder);
    page += "</table>\n";
  }
  page +=
      "<h2>Campaigns</h2>\n<table>\n<tr><th>ending</th><th>campaign</th><th>why</th>"
      "<th>findings</th><th>executions</th></tr>\n";
  for (const Standing wanted :
       {Standing::not_expected, Standing::inconclusive, Standing::as_expected})
    for (const ReportRow& row : rows)
      if (standing(row.json) == wanted) page += campaign_row(row.json);
  return page + "</table>\n</body>\n</html>\n";
}

}  // namespace heddle::cli
