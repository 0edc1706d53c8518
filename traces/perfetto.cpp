// Source of the format: "Trace Event Format", Google, 2016. Slices of a track must nest: so a task's
// slice is begun and ended (B, E) around the rows (X) and handlers that it holds.
#include "traces/perfetto.hpp"

#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace heddle::traces {
namespace {

using Json = nlohmann::ordered_json;
using Mark = StoryRow::Mark;

constexpr int cpus_process = 1;
constexpr int locks_process = 2;

class Events {
 public:
  explicit Events(const Story& story) : story_(story) {}

  Json all() {
    name_tracks();
    for (const StoryLane& lane : story_.lanes) add_cpu(lane.cpu);
    for (std::size_t i = 0; i < story_.locks.size(); ++i) add_lock(i);
    for (std::size_t i = 0; i < story_.rows.size(); ++i) {
      if (story_.rows[i].reads_from) add_flow("reads from", *story_.rows[i].reads_from, i);
      if (story_.rows[i].handed_by) add_flow("lock", *story_.rows[i].handed_by, i);
    }
    return std::move(events_);
  }

 private:
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
    name_track("process_name", cpus_process, 0, "CPUs");
    for (const StoryLane& lane : story_.lanes)
      name_track("thread_name", cpus_process, lane.cpu.value, fmt::format("cpu{}", lane.cpu.value));
    if (story_.locks.empty()) return;
    name_track("process_name", locks_process, 0, "locks");
    for (std::size_t i = 0; i < story_.locks.size(); ++i)
      name_track("thread_name", locks_process, i, story_.locks[i].name);
  }

  /// The slices of a CPU: the task that is on it, handlers in it, rows in either.
  void add_cpu(sim::Cpu cpu) {
    std::vector<sim::ContextId> open;  // innermost last
    const auto end = [&](std::size_t time) {
      add("E", name(open.back()), cpus_process, cpu.value, time);
      open.pop_back();
    };
    std::size_t time = 0;
    for (; time < story_.rows.size(); ++time) {
      const StoryEntry& row = story_.rows[time];
      if (row.cpu != cpu) continue;
      if (row.mark != Mark::enters && !open.empty() && open.back() != row.context)
        while (!open.empty() && open.back() != row.context) end(time);
      if (open.empty() || open.back() != row.context) {
        open.push_back(row.context);
        add("B", name(row.context), cpus_process, cpu.value, time);
      }
      if (!row.text.empty()) add_row(row, time);
      if (row.mark == Mark::leaves || row.mark == Mark::ends) end(time + 1);
    }
    while (!open.empty()) end(time);
  }

  void add_row(const StoryEntry& row, std::size_t time) {
    Json& slice = add("X", row.text, cpus_process, row.cpu.value, time);
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
      Json& end = add(starts ? "s" : "f", what, cpus_process, story_.rows[time].cpu.value, time);
      end["cat"] = "order";
      end["id"] = flows_;
      if (!starts) end["bp"] = "e";
    }
  }

  const Story& story_;
  Json events_ = Json::array();
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
