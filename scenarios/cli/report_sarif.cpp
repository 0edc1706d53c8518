// A whole run as SARIF: one result for each distinct finding. A finding that a scenario is there to
// find is a note, any other an error. (`heddle show --format sarif` has one trace, with its steps.)
// Source of the format: OASIS, "Static Analysis Results Interchange Format Version 2.1.0", 2020.
#include <algorithm>

#include <fmt/format.h>

#include "scenarios/cli/report.hpp"
#include "scenarios/cli/text.hpp"
#include "sim/core/finding.hpp"

namespace heddle::cli {
namespace {

Json message(const std::string& text) { return {{"text", printable_lines(text)}}; }

Json physical_location(const std::string& file, std::uint64_t line) {
  Json artifact = {{"uri", file}};
  if (!file.starts_with('/')) artifact["uriBaseId"] = "SRCROOT";
  Json location = {{"artifactLocation", artifact}};
  if (line != 0) location["region"] = {{"startLine", line}};
  return location;
}

std::string sentence_of(const std::string& kind) {
  for (std::size_t i = 0; i < sim::finding_kind_count; ++i) {
    const auto candidate = static_cast<sim::FindingKind>(i);
    if (sim::word(candidate) == kind) return std::string(sim::sentence(candidate));
  }
  return kind;
}

Json related_locations(const Json& finding) {
  Json related = Json::array();
  for (const Json& place : finding.at("places")) {
    Json location = {{"id", related.size() + 1}, {"message", message(place.at("text"))}};
    if (place.at("file").is_string())
      location["physicalLocation"] = physical_location(
          place.at("file"),
          place.at("line").is_number() ? place.at("line").get<std::uint64_t>() : 0);
    if (place.at("function").is_string())
      location["logicalLocations"] =
          Json::array({{{"name", place.at("function")}, {"kind", "function"}}});
    related.push_back(std::move(location));
  }
  return related;
}

Json result_of(const DistinctFinding& distinct, std::size_t rule) {
  const Json& row = *distinct.row;
  const Json& finding = *distinct.finding;
  const ReportLocation location = location_of(row, finding);
  Json result = {
      {"ruleId", finding.at("kind")},
      {"ruleIndex", rule},
      {"level", distinct.expected ? "note" : "error"},
      {"message",
       message(fmt::format("{}: {}\n{}", full_name(row), finding.at("message").get<std::string>(),
                           finding.at("command").get<std::string>()))},
      {"locations",
       Json::array({{{"physicalLocation", physical_location(location.file, location.line)}}})}};
  const Json related = related_locations(finding);
  if (!related.empty()) result["relatedLocations"] = related;
  result["partialFingerprints"] = {
      {"heddleFinding/v1", finding.at("fingerprint")},
      {"heddleScenario/v1", fmt::format("{} {}", row.at("scenario").get<std::string>(),
                                        finding.at("fingerprint").get<std::string>())}};
  result["occurrenceCount"] = distinct.count;
  return result;
}

}  // namespace

std::string sarif_report(const ReportRows& rows) {
  std::vector<std::string> kinds;
  Json rules = Json::array();
  Json results = Json::array();
  for (const DistinctFinding& distinct : distinct_findings(rows)) {
    const std::string kind = distinct.finding->at("kind");
    auto known = std::find(kinds.begin(), kinds.end(), kind);
    if (known == kinds.end()) {
      rules.push_back({{"id", kind}, {"shortDescription", message(sentence_of(kind))}});
      known = kinds.insert(kinds.end(), kind);
    }
    results.push_back(result_of(distinct, static_cast<std::size_t>(known - kinds.begin())));
  }
  return pretty(
      {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
       {"version", "2.1.0"},
       {"runs",
        Json::array(
            {{{"tool",
               {{"driver", {{"name", "heddle"}, {"version", HEDDLE_VERSION}, {"rules", rules}}}}},
              {"columnKind", "unicodeCodePoints"},
              {"results", results}}})}});
}

}  // namespace heddle::cli
