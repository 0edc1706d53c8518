// JUnit XML: a suite for each family of scenarios, a case for each campaign. There is no standard;
// this is what Jenkins' schema (xunit plugin, junit-10.xsd) allows and what GitLab and GitHub's
// viewers read.
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "scenarios/cli/report.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

std::string text(const Json& json) { return printable_lines(json.get<std::string>()); }

/// A finding with what it takes to see it again.
std::string described(const Json& finding) {
  std::string lines =
      fmt::format("{}  {}\n  fingerprint {}, in {}\n  {}\n", upper(text(finding.at("kind"))),
                  text(finding.at("message")), text(finding.at("fingerprint")),
                  counted(finding.at("count").get<std::uint64_t>(), "execution", "executions"),
                  text(finding.at("command")));
  if (finding.at("workload").is_string())
    lines += fmt::format("  workload: {}\n", text(finding.at("workload")));
  return lines;
}

void add_problem(pugi::xml_node& test, const char* element, const Json& row,
                 const std::string& type) {
  std::string message = text(row.at("explanation"));
  std::string lines = message.empty() ? "" : message + '\n';
  for (const Json& finding : row.at("findings")) {
    if (finding.at("expected").get<bool>()) continue;
    if (message.empty() || message.ends_with(':')) message = text(finding.at("message"));
    lines += described(finding);
  }
  pugi::xml_node problem = test.append_child(element);
  problem.append_attribute("type") = type.c_str();
  problem.append_attribute("message") = message.c_str();
  problem.text().set(lines.c_str());
}

/// The kind of the first finding that nobody expected; else what was missing.
std::string failure_type(const Json& row) {
  for (const Json& finding : row.at("findings"))
    if (!finding.at("expected").get<bool>()) return text(finding.at("kind"));
  return "expected_finding_missing";
}

struct Counts {
  std::uint64_t tests = 0;
  std::uint64_t failures = 0;
  std::uint64_t errors = 0;
  double seconds = 0;
  bool timed = false;

  void operator+=(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    seconds += other.seconds;
    timed = timed || other.timed;
  }
};

std::string seconds_text(double seconds) { return fmt::format("{:.3f}", seconds); }

void put(pugi::xml_node node, const Counts& counts) {
  node.append_attribute("tests") = static_cast<unsigned long long>(counts.tests);
  node.append_attribute("failures") = static_cast<unsigned long long>(counts.failures);
  node.append_attribute("errors") = static_cast<unsigned long long>(counts.errors);
  if (counts.timed) node.append_attribute("time") = seconds_text(counts.seconds).c_str();
}

/// @param name  as case_name() has it, with a number where that is not the first.
Counts add_case(pugi::xml_node& suite, const std::string& family, const std::string& name,
                const ReportRow& row) {
  Counts counts{1, 0, 0, row.seconds.value_or(0), row.seconds.has_value()};
  pugi::xml_node test = suite.append_child("testcase");
  test.append_attribute("name") = printable(name).c_str();
  test.append_attribute("classname") = family.c_str();
  if (row.seconds) test.append_attribute("time") = seconds_text(*row.seconds).c_str();
  test.append_attribute("file") = text(row.json.at("file")).c_str();
  test.append_attribute("line") = row.json.at("line").get<unsigned>();
  const std::string ending = row.json.at("ending");
  if (ending == "FAIL") {
    ++counts.failures;
    add_problem(test, "failure", row.json, failure_type(row.json));
  } else if (ending != "ok") {
    // Not a pass, whatever it is: inconclusive, interrupted, nondeterministic, or a bug of heddle.
    ++counts.errors;
    const std::string type = ending == "unsure"   ? "inconclusive"
                             : ending == "cut"    ? "interrupted"
                             : ending == "NONDET" ? "nondeterminism"
                                                  : "internal_error";
    add_problem(test, "error", row.json, type);
  }
  std::string lines;
  for (const Json& finding : row.json.at("findings"))
    if (finding.at("expected").get<bool>()) lines += "found: " + described(finding);
  if (!lines.empty()) test.append_child("system-out").text().set(lines.c_str());
  return counts;
}

}  // namespace

std::string junit_report(const ReportRows& rows) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node root = document.append_child("testsuites");
  root.append_attribute("name") = "heddle";
  // Families in the order in which they first come, each with all of its cases.
  std::vector<std::string> families;
  std::map<std::string, std::vector<const ReportRow*>> cases;
  for (const ReportRow& row : rows) {
    const std::string scenario = row.json.at("scenario");
    const std::string family = scenario.substr(0, scenario.find('/'));
    if (cases[family].empty()) families.push_back(family);
    cases[family].push_back(&row);
  }
  Counts all;
  for (const std::string& family : families) {
    pugi::xml_node suite = root.append_child("testsuite");
    suite.append_attribute("name") = family.c_str();
    Counts counts;
    std::map<std::string, int> names;
    for (const ReportRow* row : cases[family]) {
      std::string name = case_name(row->json);
      if (const int number = ++names[name]; number > 1) name += fmt::format(" #{}", number);
      counts += add_case(suite, family, name, *row);
    }
    put(suite, counts);
    all += counts;
  }
  put(root, all);
  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

}  // namespace heddle::cli
