#include "traces/story.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "traces/distance.hpp"
#include "traces/lane_rows.hpp"

namespace heddle::traces {
namespace {

using sim::ContextId;
using sim::EventKind;
using Mark = StoryRow::Mark;

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
/// What a longer copy leaves behind is not followed.
constexpr std::size_t bytes_followed_max = 64;

bool takes_lock(const sim::Event& event) {
  return event.kind == EventKind::lock || (event.kind == EventKind::trylock && event.value != 0);
}

bool has_bytes(const sim::Event& event) {
  switch (event.kind) {
    case EventKind::load:
    case EventKind::store:
    case EventKind::exchange:
    case EventKind::read:
    case EventKind::write:
      return event.object.cls() == sim::ObjectClass::memory && event.size <= bytes_followed_max;
    default:
      return false;
  }
}

/// Leaves out what tells least until `rows_max` are left; numbered rows stay.
/// @returns by row that is left how many were left out before it.
std::vector<std::size_t> leave_out(std::vector<StoryRow>& rows, std::size_t rows_max) {
  std::vector<std::size_t> gaps(rows.size());
  if (rows.size() <= rows_max) return gaps;
  const std::vector<std::size_t> distance = distances(rows);
  const std::size_t far = too_far(distance, rows_max);
  std::vector<StoryRow> kept;
  gaps.clear();
  std::size_t gap = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (distance[i] >= far && rows[i].number == 0) {
      ++gap;
      continue;
    }
    kept.push_back(std::move(rows[i]));
    gaps.push_back(std::exchange(gap, 0));
  }
  rows = std::move(kept);
  return gaps;
}

/// Folds as lanes do, which have no rows for asides.
void mark_folded(std::vector<StoryEntry>& rows) {
  std::vector<StoryRow> in_lanes;
  for (const StoryEntry& row : rows)
    if (!row.is_aside) in_lanes.push_back(row);
  const std::vector<bool> shown = worth_showing(in_lanes);
  std::size_t next = 0;
  for (StoryEntry& row : rows)
    if (!row.is_aside) row.is_folded = !shown[next++];
}

/// Connects the rows, each kind of connection in a pass of its own.
class Teller {
 public:
  Teller(const Recording& recording, Story& story)
      : recording_(recording), story_(story), row_of_(recording.events.size(), none) {
    for (std::size_t i = 0; i < story_.rows.size(); ++i)
      if (const auto event = story_.rows[i].event) row_of_[*event] = i;
  }

  void tell() {
    copy_events();
    number_times();
    add_points();
    add_messages();
    follow_bytes();
    follow_locks();
    follow_cpus();
  }

 private:
  using Frame = std::tuple<std::string, std::string, std::uint32_t>;

  const RecordedContext& context_of(const StoryRow& row) const {
    return recording_.contexts[row.context.value];
  }

  const sim::Event* event_of(const StoryEntry& row) const {
    return row.event ? &recording_.events[*row.event].event : nullptr;
  }

  std::optional<std::size_t> frame(const SourcePlace& place) {
    const auto [entry, is_new] =
        frames_.try_emplace(Frame{place.function, place.file, place.line}, story_.frames.size());
    if (is_new) story_.frames.push_back(place);
    return entry->second;
  }

  void copy_events() {
    std::array<const StoryEntry*, sim::contexts_max> last{};
    sim::StepIndex step = 0;
    for (StoryEntry& row : story_.rows) {
      for (const SourcePlace& place : frames_of(row.at)) row.stack.push_back(*frame(place));
      if (row.event) {
        const RecordedEvent& recorded = recording_.events[*row.event];
        row.kind = word(recorded.event.kind);
        // What a step of a fault begins with has no row.
        const bool begins = context_of(row).is_outside && row.step != step;
        row.takes_step = recorded.takes_step || begins;
        step = row.step;
        row.is_preemption = recorded.is_preemption;
        row.time = recorded.time;
        row.clock = recorded.clock;
        for (const sim::Place call : recorded.calls)
          for (const SourcePlace& place : frames_of(call)) row.stack.push_back(*frame(place));
      } else if (const StoryEntry* before = last[row.context.value]) {
        row.time = before->time;
        row.clock = before->clock;
      }
      last[row.context.value] = &row;
    }
  }

  /// The order counts with large steps; here the times of a context that rows have become 1, 2, ….
  void number_times() {
    std::map<std::uint16_t, std::vector<std::uint32_t>> times;
    for (const StoryEntry& row : story_.rows)
      if (row.time != 0) times[row.context.value].push_back(row.time);
    for (auto& [context, all] : times) {
      std::sort(all.begin(), all.end());
      all.erase(std::unique(all.begin(), all.end()), all.end());
    }
    const auto rank = [&](std::size_t context, std::uint32_t time) {
      const auto found = times.find(static_cast<std::uint16_t>(context));
      if (found == times.end()) return 0u;
      const auto& all = found->second;
      return static_cast<std::uint32_t>(std::upper_bound(all.begin(), all.end(), time) -
                                        all.begin());
    };
    for (StoryEntry& row : story_.rows) {
      row.time = rank(row.context.value, row.time);
      for (std::size_t i = 0; i < row.clock.size(); ++i) row.clock[i] = rank(i, row.clock[i]);
      if (row.context.value < row.clock.size()) row.clock[row.context.value] = row.time;
      while (!row.clock.empty() && row.clock.back() == 0) row.clock.pop_back();
    }
  }

  void add_points() {
    std::map<sim::StepIndex, std::size_t> first;  // row of a step
    for (std::size_t i = 0; i < story_.rows.size(); ++i)
      if (!story_.rows[i].is_aside) first.try_emplace(story_.rows[i].step, i);
    for (const RecordedPoint& point : recording_.points) {
      const auto found = first.find(point.step);
      if (found == first.end()) continue;
      StoryEntry& row = story_.rows[found->second];
      if (point.reason != sim::Reason::schedule) {
        row.choices.push_back(
            fmt::format("{}: {} of {}", word(point.reason), point.value, point.arity));
        continue;
      }
      for (const RecordedOption& option : point.options) {
        StoryOption& other = row.others.emplace_back();
        other.context = option.context;
        other.text = fmt::format("{}{}{}", word(option.kind), option.object.empty() ? "" : " ",
                                 option.object);
        if (const auto& frames = frames_of(option.place); !frames.empty())
          other.frame = frame(frames.front());
      }
    }
  }

  // ---- memory -----------------------------------------------------------------------------------

  /// Goes through all events, as rows may be missing: what such a one stores is known to be
  /// unknown.
  void follow_bytes() {
    std::map<std::uintptr_t, std::size_t> writers;    // by byte: the row, or none
    std::map<std::uintptr_t, std::size_t> variables;  // by address: index in variables_
    for (std::size_t i = 0; i < recording_.events.size(); ++i) {
      const RecordedEvent& recorded = recording_.events[i];
      const sim::Event& event = recorded.event;
      const std::uintptr_t address = event.object.payload();
      if (event.kind == EventKind::allocate) {
        writers.erase(writers.lower_bound(address), writers.lower_bound(address + event.value));
        variables.erase(variables.lower_bound(address),
                        variables.lower_bound(address + event.value));
      }
      if (!has_bytes(event)) continue;
      const std::size_t row = row_of_[i];
      const bool reads = event.mode == sim::Mode::read || event.kind == EventKind::exchange;
      if (reads && row != none) {
        std::size_t writer = none;
        for (std::size_t k = 0; k < std::max<std::size_t>(event.size, 1); ++k)
          if (const auto found = writers.find(address + k); found != writers.end())
            if (found->second != none && (writer == none || found->second > writer))
              writer = found->second;
        if (writer != none) story_.rows[row].reads_from = writer;
      }
      note_value(recorded, row, variables);
      if (event.mode == sim::Mode::write)
        for (std::size_t k = 0; k < std::max<std::size_t>(event.size, 1); ++k)
          writers[address + k] = row;
    }
    std::erase_if(story_.variables,
                  [](const StoryVariable& variable) { return variable.stores.empty(); });
  }

  void note_value(const RecordedEvent& recorded, std::size_t row,
                  std::map<std::uintptr_t, std::size_t>& variables) {
    if (recorded.value.empty()) return;
    const auto [entry, is_new] =
        variables.try_emplace(recorded.event.object.payload(), story_.variables.size());
    if (is_new) story_.variables.push_back({recorded.object, {}, {}});
    StoryVariable& variable = story_.variables[entry->second];
    if (recorded.event.mode == sim::Mode::write && row != none)
      variable.stores.emplace_back(row, recorded.value);
    else if (variable.stores.empty())  // read, or stored by what has no row
      variable.initial = recorded.value;
  }

  // ---- locks ------------------------------------------------------------------------------------

  StoryLock& lock_of(const std::string& name) {
    const auto [entry, is_new] = locks_.try_emplace(name, story_.locks.size());
    if (is_new) story_.locks.push_back({name, {}});
    return story_.locks[entry->second];
  }

  void follow_locks() {
    for (const StoryEntry& row : story_.rows)
      if (const sim::Event* event = event_of(row); event != nullptr && takes_lock(*event))
        if (event->object.cls() == sim::ObjectClass::memory) lock_of(row.object);
    std::map<std::pair<std::string, std::uint16_t>, std::size_t> held;  // since which row
    std::map<std::uint16_t, std::pair<std::string, std::size_t>> waited;
    std::map<std::string, std::size_t> released;
    const auto end_wait = [&](std::uint16_t context, std::size_t row) {
      const auto found = waited.find(context);
      if (found == waited.end()) return;
      const auto& [name, since] = found->second;
      lock_of(name).spans.push_back({since, row, ContextId{context}, CpuLook::spins});
      waited.erase(found);
    };
    for (std::size_t i = 0; i < story_.rows.size(); ++i) {
      StoryEntry& row = story_.rows[i];
      const sim::Event* event = event_of(row);
      end_wait(row.context.value, i);
      if (event != nullptr && event->kind == EventKind::crash) {
        std::erase_if(held, [&](const auto& lock) {
          const auto& [key, since] = lock;
          if (recording_.contexts[key.second].host != row.object) return false;
          lock_of(key.first).spans.push_back({since, i, ContextId{key.second}, CpuLook::runs});
          return true;
        });
        for (std::uint16_t id = 0; id < recording_.contexts.size(); ++id)
          if (recording_.contexts[id].host == row.object) end_wait(id, i);
      }
      if (!locks_.contains(row.object)) continue;
      const auto key = std::pair{row.object, row.context.value};
      if (event == nullptr || event->kind == EventKind::spin || event->kind == EventKind::block) {
        waited[row.context.value] = {row.object, i};
      } else if (takes_lock(*event)) {
        held[key] = i;
        if (const auto found = released.find(row.object);
            found != released.end() && story_.rows[found->second].context != row.context)
          row.handed_by = found->second;
      } else if (event->kind == EventKind::unlock) {
        released[row.object] = i;
        if (const auto found = held.find(key); found != held.end()) {
          lock_of(row.object).spans.push_back({found->second, i, row.context, CpuLook::runs});
          held.erase(found);
        }
      }
    }
    const std::size_t last = story_.rows.size() - 1;
    for (const auto& [key, since] : held)
      lock_of(key.first).spans.push_back({since, last, ContextId{key.second}, CpuLook::runs});
    while (!waited.empty()) end_wait(waited.begin()->first, last);
    for (StoryLock& lock : story_.locks)
      std::stable_sort(lock.spans.begin(), lock.spans.end(),
                       [](const StorySpan& a, const StorySpan& b) { return a.from < b.from; });
  }

  // ---- messages ---------------------------------------------------------------------------------

  /// What is received was handed over by who sent it.
  void add_messages() {
    std::map<std::uint64_t, std::size_t> sent;
    for (std::size_t i = 0; i < story_.rows.size(); ++i) {
      StoryEntry& row = story_.rows[i];
      const sim::Event* event = event_of(row);
      if (event == nullptr) continue;
      if (event->kind == EventKind::send) sent[event->value] = i;
      if (event->kind != EventKind::receive) continue;
      if (const auto found = sent.find(event->value); found != sent.end())
        row.handed_by = found->second;
    }
  }

  // ---- CPUs -------------------------------------------------------------------------------------

  struct OnCpu {
    ContextId task = sim::no_context;
    std::vector<ContextId> handlers;  // innermost last
    CpuLook look = CpuLook::idle;
    ContextId context() const { return handlers.empty() ? task : handlers.back(); }
  };

  void follow_cpus() {
    std::map<sim::Cpu, OnCpu> cpus;
    std::map<sim::Cpu, std::string> hosts;
    for (const StoryEntry& row : story_.rows)
      if (!context_of(row).is_outside) hosts[row.cpu] = context_of(row).host;
    for (const auto& [cpu, host] : hosts) story_.lanes.push_back({cpu, host, {}});
    for (std::size_t i = 0; i < story_.rows.size(); ++i) {
      const StoryEntry& row = story_.rows[i];
      const bool is_outside = context_of(row).is_outside;
      OnCpu nobodys;
      OnCpu& own = is_outside ? nobodys : cpus[row.cpu];
      if (row.mark == Mark::enters) own.handlers.push_back(row.context);
      if (context_of(row).level == sim::Level::task) own.task = row.context;
      for (StoryLane& lane : story_.lanes) {
        OnCpu& state = cpus[lane.cpu];
        state.look = row.looks[lane.cpu.value];
        // In its own row a context acts, whatever its CPU does after it.
        CpuLook look = state.look;
        const bool is_own = is_in(row, lane);
        if (look == CpuLook::idle && !is_own) state.handlers.clear();  // its host is down
        if (is_own && (look == CpuLook::idle || row.mark == Mark::leaves))
          look = row.mark == Mark::leaves ? CpuLook::handles : CpuLook::runs;
        extend(lane, i, state.context(), look);
      }
      if (row.mark == Mark::leaves && !own.handlers.empty()) own.handlers.pop_back();
    }
  }

  bool is_in(const StoryRow& row, const StoryLane& lane) const {
    return row.cpu == lane.cpu && !context_of(row).is_outside;
  }

  static void extend(StoryLane& lane, std::size_t row, ContextId context, CpuLook look) {
    if (look == CpuLook::idle || context == sim::no_context) return;
    if (!lane.spans.empty()) {
      StorySpan& last = lane.spans.back();
      if (last.to + 1 == row && last.context == context && last.look == look) {
        last.to = row;
        return;
      }
    }
    lane.spans.push_back({row, row, context, look});
  }

  const Recording& recording_;
  Story& story_;
  std::vector<std::size_t> row_of_;  // by event
  std::map<Frame, std::size_t> frames_;
  std::map<std::string, std::size_t> locks_;  // by name: index in Story::locks
};

}  // namespace

Story story_of(const Trace& trace, const Recording& recording, const StoryOptions& options) {
  Story story;
  const RecordedFinding* finding = shown_finding(trace, recording);
  StoryRows told = story_rows(recording, finding, options.with_asides);
  const std::size_t all = told.rows.size();
  const std::vector<std::size_t> gaps = leave_out(told.rows, options.rows_max);
  for (std::size_t i = 0; i < told.rows.size(); ++i) {
    StoryEntry& entry = story.rows.emplace_back();
    static_cast<StoryRow&>(entry) = std::move(told.rows[i]);
    entry.gap = gaps[i];
  }
  story.rows_left_out = all - story.rows.size();
  for (StoryEntry& row : story.rows)
    row.is_aside = row.event && recording.events[*row.event].is_aside;
  mark_folded(story.rows);
  story.contexts = recording.contexts;
  story.actors = std::move(told.actors);
  story.hint = std::move(told.hint);
  if (finding != nullptr) story.finding = *finding;
  story.outcome = recording.outcome;
  story.steps = recording.steps;
  story.switches = recording.switches;
  story.preemptions = recording.preemptions;
  story.interrupts = recording.interrupts;
  story.faults = recording.faults;
  if (!story.rows.empty()) Teller(recording, story).tell();
  return story;
}

}  // namespace heddle::traces
