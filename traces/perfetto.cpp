// Source of the format: "Trace Event Format", Google, 2016. Slices of a track must nest: so a
// task's slice is begun and ended (B, E) around the rows (X) and handlers that it holds.
#include "traces/perfetto.hpp"

#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace heddle::traces {
namespace {

using Json = nlohmann::ordered_json;
using Mark = StoryRow::Mark;

constexpr int cpus_process = 1;
constexpr int locks_process = 2;
constexpr int outside_process = 3;  // faults, and what settles the world
constexpr int first_host = 4;

class Events {
 public:
  explicit Events(const Story& story) : story_(story) {}

  Json all() {
    name_tracks();
    std::map<std::pair<int, sim::Cpu>, bool> added;
    for (const StoryEntry& row : story_.rows)
      if (added.try_emplace({process_of(row), row.cpu}, true).second)
        add_track(process_of(row), row.cpu);
    for (std::size_t i = 0; i < story_.locks.size(); ++i) add_lock(i);
    for (std::size_t i = 0; i < story_.rows.size(); ++i) {
      if (story_.rows[i].reads_from) add_flow("reads from", *story_.rows[i].reads_from, i);
      if (story_.rows[i].handed_by)
        add_flow(story_.rows[i].kind == "receive" ? "message" : "lock", *story_.rows[i].handed_by,
                 i);
    }
    return std::move(events_);
  }

 private:
  const RecordedContext& context_of(const StoryEntry& row) const {
    return story_.contexts[row.context.value];
  }
  int process_of(const StoryEntry& row) const {
    return context_of(row).is_outside ? outside_process : processes_.at(context_of(row).host);
  }

  const std::string& name(sim::ContextId id) const { return story_.contexts[id.value].name; }

  Json& add(const char* phase, const std::string& name, int process, std::size_t track,
            std::size_t time) {
    return events_.emplace_back(
        Json{{"ph", phase}, {"name", name}, {"pid", process}, {"tid", track}, {"ts", time}});
  }

  void name_track(const char* what, int process, std::size_t track, const std::string& name) {
    add("M", what, process, track, 0)["args"] = {{"name", name}};
  }

  void name_tracks() {
    for (const StoryLane& lane : story_.lanes) {
      const auto [host, is_new] = processes_.try_emplace(
          lane.host,
          lane.host.empty() ? cpus_process : first_host + static_cast<int>(processes_.size()));
      if (is_new)
        name_track("process_name", host->second, 0, lane.host.empty() ? "CPUs" : lane.host);
      name_track("thread_name", host->second, lane.cpu.value, fmt::format("cpu{}", lane.cpu.value));
    }
    std::map<std::uint16_t, bool> outside;
    for (const StoryEntry& row : story_.rows)
      if (context_of(row).is_outside && outside.try_emplace(row.cpu.value, true).second) {
        if (outside.size() == 1) name_track("process_name", outside_process, 0, "outside of hosts");
        name_track("thread_name", outside_process, row.cpu.value, name(row.context));
      }
    if (story_.locks.empty()) return;
    name_track("process_name", locks_process, 0, "locks");
    for (std::size_t i = 0; i < story_.locks.size(); ++i)
      name_track("thread_name", locks_process, i, story_.locks[i].name);
  }

  /// The slices of a CPU: the task that is on it, handlers in it, rows in either.
  void add_track(int process, sim::Cpu cpu) {
    std::vector<sim::ContextId> open;  // innermost last
    const auto end = [&](std::size_t time) {
      add("E", name(open.back()), process, cpu.value, time);
      open.pop_back();
    };
    std::size_t time = 0;
    for (; time < story_.rows.size(); ++time) {
      const StoryEntry& row = story_.rows[time];
      if (row.cpu != cpu || process_of(row) != process) continue;
      if (row.mark != Mark::enters && !open.empty() && open.back() != row.context)
        while (!open.empty() && open.back() != row.context) end(time);
      if (open.empty() || open.back() != row.context) {
        open.push_back(row.context);
        add("B", name(row.context), process, cpu.value, time);
      }
      if (!row.text.empty()) add_row(row, time);
      if (row.mark == Mark::leaves || row.mark == Mark::ends) end(time + 1);
    }
    while (!open.empty()) end(time);
  }

  void add_row(const StoryEntry& row, std::size_t time) {
    Json& slice = add("X", row.text, process_of(row), row.cpu.value, time);
    slice["dur"] = 1;
    slice["cat"] = row.number != 0 ? "finding" : row.is_aside ? "plain" : "step";
    Json& arguments = slice["args"];
    arguments = {{"step", row.step}, {"context", name(row.context)}};
    if (!row.value.empty()) arguments["value"] = row.value;
    if (!row.place.empty()) arguments["place"] = row.place;
    if (!row.why.empty()) arguments["why"] = row.why;
    if (row.number != 0) arguments["finding"] = row.number;
  }

  /// Holders only: waiters overlap them, and slices of a track must not.
  void add_lock(std::size_t index) {
    std::size_t free_from = 0;
    for (const StorySpan& span : story_.locks[index].spans) {
      if (span.look != CpuLook::runs || span.from < free_from) continue;
      free_from = span.to + 1;
      add("X", name(span.context), locks_process, index, span.from)["dur"] = free_from - span.from;
    }
  }

  void add_flow(const char* what, std::size_t from, std::size_t to) {
    if (story_.rows[from].context == story_.rows[to].context) return;
    ++flows_;
    for (const bool starts : {true, false}) {
      const std::size_t time = starts ? from : to;
      const StoryEntry& row = story_.rows[time];
      Json& end = add(starts ? "s" : "f", what, process_of(row), row.cpu.value, time);
      end["cat"] = "order";
      end["id"] = flows_;
      if (!starts) end["bp"] = "e";
    }
  }

  const Story& story_;
  Json events_ = Json::array();
  std::map<std::string, int> processes_;  // by the host's name
  std::size_t flows_ = 0;
};

}  // namespace

std::string perfetto(const Trace& trace, const Story& story) {
  const Json json = {{"displayTimeUnit", "ms"},
                     {"otherData",
                      {{"scenario", trace.scenario},
                       {"variant", trace.variant},
                       {"finding", story.finding ? story.finding->message : ""}}},
                     {"traceEvents", Events(story).all()}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace heddle::traces
