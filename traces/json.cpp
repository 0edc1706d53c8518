#include "traces/json.hpp"

#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "traces/format.hpp"

namespace heddle::traces {
namespace {

using Json = nlohmann::ordered_json;
using Mark = StoryRow::Mark;

/// Lines shown above and below a place.
constexpr std::uint32_t lines_around = 4;

// ---- the trace ----------------------------------------------------------------------------------

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

Json choice_json(const Choice& choice) {
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

Json header_json(const Trace& trace) {
  Json parameters = Json::object();
  for (const Parameter& parameter : trace.parameters) parameters[parameter.name] = parameter.value;
  Json finding;
  if (trace.finding)
    finding = {{"kind", word(trace.finding->kind)},
               {"fingerprint", trace.finding->fingerprint},
               {"message", trace.finding->message}};
  return {{"format", format_version},
          {"scenario", trace.scenario},
          {"variant", trace.variant},
          {"parameters", parameters},
          {"workload", trace.workload},
          {"machine", machine_json(trace.machine)},
          {"strategy", trace.strategy},
          {"seed", fmt::format("{:#x}", trace.seed)},
          {"execution", trace.execution},
          {"build", trace.build},
          {"finding", finding}};
}

// ---- the story ----------------------------------------------------------------------------------

std::string_view word(Mark mark) {
  constexpr std::array<std::string_view, 7> words = {"starts",  "resumes", "goes_on", "enters",
                                                     "handles", "leaves",  "ends"};
  return words[static_cast<std::size_t>(mark)];
}

std::string_view word(CpuLook look) {
  constexpr std::array<std::string_view, 4> words = {"idle", "runs", "spins", "handles"};
  return words[static_cast<std::size_t>(look)];
}

/// What a lock's spans say in the same places.
std::string_view lock_word(CpuLook look) { return look == CpuLook::spins ? "waits" : "holds"; }

Json story_finding_json(const Story& story) {
  if (!story.finding) return {};
  Json actors = Json::array();
  for (const StoryActor& actor : story.actors)
    actors.push_back({{"number", actor.number}, {"text", actor.text}, {"locks", actor.locks}});
  return {{"kind", sim::word(story.finding->finding.kind)},
          {"fingerprint", story.finding->fingerprint},
          {"message", story.finding->message},
          {"detail", story.finding->detail},
          {"hint", story.hint},
          {"actors", actors}};
}

Json others_json(const StoryEntry& row) {
  Json others = Json::array();
  for (const StoryOption& option : row.others) {
    Json& other = others.emplace_back();
    other = {{"context", option.context.value}, {"text", option.text}};
    if (option.frame) other["frame"] = *option.frame;
  }
  return others;
}

/// Members that say nothing are left out.
Json row_json(const StoryEntry& row) {
  Json json = {{"step", row.step},
               {"cpu", row.cpu.value},
               {"context", row.context.value},
               {"mark", word(row.mark)}};
  const auto add_text = [&](const char* name, const std::string& text) {
    if (!text.empty()) json[name] = text;
  };
  const auto add_flag = [&](const char* name, bool flag) {
    if (flag) json[name] = true;
  };
  add_text("kind", row.kind);
  add_text("object", row.object);
  add_text("text", row.text);
  add_text("value", row.value);
  add_text("why", row.why);
  add_text("switched", row.why_switched);
  add_text("place", row.place);
  if (row.number != 0) json["number"] = row.number;
  add_flag("is_step", row.takes_step);
  add_flag("is_preemption", row.is_preemption);
  add_flag("is_plain", row.is_aside);
  add_flag("is_folded", row.is_folded);
  if (row.gap != 0) json["gap"] = row.gap;
  if (row.reads_from) json["reads_from"] = *row.reads_from;
  if (row.handed_by) json["handed_by"] = *row.handed_by;
  if (row.time != 0) json["time"] = row.time;
  if (!row.clock.empty()) json["clock"] = row.clock;
  if (!row.stack.empty()) json["stack"] = row.stack;
  if (!row.holds.empty()) json["holds"] = row.holds;
  if (!row.others.empty()) json["others"] = others_json(row);
  if (!row.choices.empty()) json["choices"] = row.choices;
  return json;
}

template <class Word>
Json spans_json(const std::vector<StorySpan>& spans, Word&& look_word) {
  Json json = Json::array();
  for (const StorySpan& span : spans)
    json.push_back({{"from", span.from},
                    {"to", span.to},
                    {"context", span.context.value},
                    {"what", look_word(span.look)}});
  return json;
}

Json variables_json(const Story& story) {
  Json variables = Json::array();
  for (const StoryVariable& variable : story.variables) {
    Json stores = Json::array();
    for (const auto& [row, value] : variable.stores)
      stores.push_back({{"row", row}, {"value", value}});
    variables.push_back(
        {{"name", variable.name}, {"initial", variable.initial}, {"stores", stores}});
  }
  return variables;
}

/// By file: the lines around every frame, by their numbers.
Json sources_json(const Story& story) {
  std::map<std::string, std::map<std::uint32_t, std::string>> files;
  for (const SourcePlace& place : story.frames) {
    if (place.line == 0) continue;
    const std::uint32_t first = place.line > lines_around ? place.line - lines_around : 1;
    std::uint32_t line = first;
    for (std::string& text : source_lines(place.file, first, place.line + lines_around))
      files[place.file][line++] = std::move(text);
  }
  Json json = Json::object();
  for (const auto& [file, lines] : files)
    for (const auto& [line, text] : lines) json[file][std::to_string(line)] = text;
  return json;
}

Json context_json(const RecordedContext& context) {
  Json json = {
      {"name", context.name}, {"cpu", context.cpu.value}, {"level", sim::word(context.level)}};
  if (!context.host.empty()) json["host"] = context.host;
  if (context.is_outside) json["is_outside"] = true;
  return json;
}

Json story_json(const Story& story) {
  Json contexts = Json::array();
  for (const RecordedContext& context : story.contexts) contexts.push_back(context_json(context));
  Json rows = Json::array();
  for (const StoryEntry& row : story.rows) rows.push_back(row_json(row));
  Json frames = Json::array();
  for (const SourcePlace& place : story.frames)
    frames.push_back({{"function", place.function}, {"file", place.file}, {"line", place.line}});
  Json lanes = Json::array();
  for (const StoryLane& lane : story.lanes) {
    lanes.push_back({{"cpu", lane.cpu.value},
                     {"spans", spans_json(lane.spans, [](CpuLook look) { return word(look); })}});
    if (!lane.host.empty()) lanes.back()["host"] = lane.host;
  }
  Json locks = Json::array();
  for (const StoryLock& lock : story.locks)
    locks.push_back({{"name", lock.name}, {"spans", spans_json(lock.spans, &lock_word)}});
  return {{"outcome", sim::word(story.outcome)},
          {"steps", story.steps},
          {"switches", story.switches},
          {"preemptions", story.preemptions},
          {"interrupts", story.interrupts},
          {"faults", story.faults},
          {"finding", story_finding_json(story)},
          {"contexts", contexts},
          {"rows_left_out", story.rows_left_out},
          {"rows", rows},
          {"frames", frames},
          {"lanes", lanes},
          {"locks", locks},
          {"variables", variables_json(story)}};
}

}  // namespace

std::string trace_json(const Trace& trace, const Story* story, const JsonOptions& options) {
  Json json = header_json(trace);
  if (options.with_choices) {
    json["choices"] = Json::array();
    for (const Choice& choice : trace.choices) json["choices"].push_back(choice_json(choice));
  }
  json["story"] = story == nullptr ? Json() : story_json(*story);
  if (options.with_sources)
    json["sources"] = story == nullptr ? Json::object() : sources_json(*story);
  return json.dump(options.indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace heddle::traces
