// Source of the format: OASIS, "Static Analysis Results Interchange Format Version 2.1.0", 2020;
// sections 3.27 (result), 3.36 (codeFlow), 3.37 (threadFlow) and 3.38 (threadFlowLocation).
#include "traces/sarif.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace heddle::traces {
namespace {

using Json = nlohmann::ordered_json;

Json message(std::string text) { return {{"text", std::move(text)}}; }

/// Files are named relative to the source root, which only the reader knows.
Json physical_location(const std::string& file, std::uint32_t line) {
  Json artifact = {{"uri", file}};
  if (!file.starts_with('/')) artifact["uriBaseId"] = "SRCROOT";
  Json json = {{"artifactLocation", artifact}};
  if (line != 0) json["region"] = {{"startLine", line}};
  return json;
}

Json location_of(sim::Place place, const std::string& text) {
  Json json = Json::object();
  const SourcePlace& source = source_of(place);
  if (place.pc != 0 && !source.file.empty())
    json["physicalLocation"] = physical_location(source.file, source.line);
  if (!source.function.empty())
    json["logicalLocations"] = Json::array({{{"name", source.function}, {"kind", "function"}}});
  json["message"] = message(text);
  return json;
}

std::string row_text(const StoryEntry& row) {
  std::string text = row.text;
  if (text.empty()) text = row.mark == StoryRow::Mark::enters ? "interrupt" : "exits";
  if (!row.value.empty()) text += ' ' + row.value;
  if (!row.why.empty()) text += " (" + row.why + ')';
  return text;
}

std::string where(const RecordedContext& context) {
  if (context.is_outside) return context.name;
  const std::string host = context.host.empty() ? "" : context.host + ", ";
  return fmt::format("{} on {}cpu{}", context.name, host, context.cpu.value);
}

Json thread_flows(const Story& story) {
  Json flows = Json::array();
  for (std::uint16_t id = 0; id < story.contexts.size(); ++id) {
    const RecordedContext& context = story.contexts[id];
    Json locations = Json::array();
    for (std::size_t i = 0; i < story.rows.size(); ++i) {
      const StoryEntry& row = story.rows[i];
      if (row.context != sim::ContextId{id} || row.is_aside) continue;
      Json location = location_of(row.at, row_text(row));
      location["id"] = i + 1;
      locations.push_back({{"location", location},
                           {"executionOrder", i + 1},
                           {"importance", row.number != 0 ? "essential"
                                          : row.is_folded ? "unimportant"
                                                          : "important"}});
    }
    if (locations.empty()) continue;
    flows.push_back(
        {{"id", context.name}, {"message", message(where(context))}, {"locations", locations}});
  }
  return flows;
}

Json result(const Story& story) {
  const sim::Finding& finding = story.finding->finding;
  Json related = Json::array();
  for (std::size_t i = 0; i < finding.actor_count && i < story.finding->actors.size(); ++i) {
    related.push_back(location_of(finding.actors[i].place, story.finding->actors[i].text));
    related.back()["id"] = i + 1;
  }
  Json json = {{"ruleId", word(finding.kind)},
               {"ruleIndex", 0},
               {"level", "error"},
               {"message", message(story.finding->message)}};
  if (!related.empty()) {
    // The last one did what went wrong; where a file is unknown there is no place to show.
    Json place = related.back();
    place.erase("id");
    if (place.contains("physicalLocation")) json["locations"] = Json::array({place});
    json["relatedLocations"] = related;
  }
  json["partialFingerprints"] = {{"heddleFinding/v1", story.finding->fingerprint}};
  if (Json flows = thread_flows(story); !flows.empty())
    json["codeFlows"] = Json::array({{{"threadFlows", flows}}});
  return json;
}

}  // namespace

std::string sarif(const Trace& trace, const Story& story) {
  Json rules = Json::array();
  Json results = Json::array();
  if (story.finding) {
    const sim::FindingKind kind = story.finding->finding.kind;
    rules.push_back(
        {{"id", word(kind)}, {"shortDescription", message(std::string(sentence(kind)))}});
    results.push_back(result(story));
  }
  const Json json = {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs",
       Json::array(
           {{{"tool",
              {{"driver", {{"name", "heddle"}, {"version", trace.build}, {"rules", rules}}}}},
             {"automationDetails",
              {{"id", fmt::format("{}/{}/{}", trace.scenario, trace.variant, trace.execution)}}},
             {"columnKind", "unicodeCodePoints"},
             {"results", results}}})}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace heddle::traces
