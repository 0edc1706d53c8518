#include "traces/story_rows.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "traces/hint.hpp"
#include "traces/places.hpp"

namespace heddle::traces {
namespace {

using sim::ContextId;
using sim::EventKind;
using sim::FindingKind;
using Mark = StoryRow::Mark;

/// Where the code under test stands; what the engine does by itself is nowhere.
std::string where(sim::Place place) {
  const SourcePlace& source = source_of(place);
  if (place.pc == 0 || source.line == 0 || frames_of(place).empty()) return {};
  return fmt::format("{}:{}", source.file, source.line);
}

bool is_wait(EventKind kind) { return kind == EventKind::spin || kind == EventKind::block; }

/// Did the actor wait for something that it did not get? Then its event is the last of its place.
bool is_about_waiting(FindingKind kind) {
  return kind == FindingKind::deadlock || kind == FindingKind::hung_task ||
         kind == FindingKind::livelock;
}

/// The event that is the actor's part in the finding, if it was recorded.
std::optional<std::size_t> event_of(const Recording& recording, const sim::Finding& finding,
                                    const sim::Actor& actor) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < recording.events.size(); ++i) {
    const sim::Event& event = recording.events[i].event;
    if (event.context != actor.context || event.place != actor.place || event.place.pc == 0)
      continue;
    if (event.kind == EventKind::mask || event.kind == EventKind::unmask ||
        event.kind == EventKind::lock_init || event.kind == EventKind::might_sleep)
      continue;
    if (is_about_waiting(finding.kind)) {
      if (is_wait(event.kind)) best = i;
    } else if (event.step == actor.step && (!best || event.object == actor.object)) {
      best = i;
    }
  }
  return best;
}

/// Goes through the events once and keeps what a reader would keep in mind.
class RowBuilder {
 public:
  RowBuilder(const Recording& recording, const RecordedFinding* finding, bool with_asides)
      : recording_(recording),
        finding_(finding),
        with_asides_(with_asides),
        contexts_(recording.contexts.size()) {
    number_events();
  }

  StoryRows build() {
    for (std::size_t i = 0; i < recording_.events.size(); ++i) {
      if (recording_.events[i].is_aside && !with_asides_) continue;
      if (lacks_rows_ && is_past_finding(i)) add_finding_rows();
      add(i);
    }
    if (lacks_rows_) add_finding_rows();
    finish_actors();
    return std::move(result_);
  }

 private:
  struct ContextMemory {
    bool has_started = false;
    bool has_ended = false;
    std::string waits_for;  // an object's name
    std::vector<std::string> holds;
  };
  struct CpuMemory {
    ContextId occupant = sim::no_context;
    std::vector<CpuLook> interrupted;  // what each running handler interrupted, innermost last
    CpuLook look = CpuLook::idle;
    CpuLook look_before = CpuLook::idle;  // the row
  };
  struct Holder {
    ContextId context;
    sim::StepIndex step = 0;
  };

  const std::string& name(ContextId id) const {
    static const std::string nobody = "nobody";
    return id.value < recording_.contexts.size() ? recording_.contexts[id.value].name : nobody;
  }

  // ---- the finding -----------------------------------------------------------------------------

  void number_events() {
    if (finding_ == nullptr) return;
    const sim::Finding& finding = finding_->finding;
    for (std::size_t i = 0; i < finding.actor_count; ++i) {
      const auto event = event_of(recording_, finding, finding.actors[i]);
      event_of_actor_.push_back(event);
      if (event) numbers_.emplace(*event, 0);
    }
    number_of_actor_.resize(finding.actor_count);
    for (auto& [event, own] : numbers_) own = ++last_number_;
    lacks_rows_ = is_about_waiting(finding.kind) ||
                  (numbers_.empty() && finding.actor_count != 0) || lacks_last_row();
  }

  /// An access that ends its execution may be told to nobody any more.
  bool lacks_last_row() const {
    const sim::Finding& finding = finding_->finding;
    return finding.actor_count != 0 && !event_of_actor_[0] && finding.actors[0].place.pc != 0 &&
           finding.actors[0].step == finding.step;
  }

  /// Waiting is found when the last one begins to wait, which the reader sees first.
  bool is_past_finding(std::size_t event) const {
    if (!is_about_waiting(finding_->finding.kind)) return event == finding_->before_event;
    return recording_.events[event].event.step > finding_->finding.step;
  }

  /// For what no event stands: an expectation that fails, a lock that somebody else was faster to
  /// get.
  void add_finding_rows() {
    lacks_rows_ = false;
    const sim::Finding& finding = finding_->finding;
    const bool waits = is_about_waiting(finding.kind);
    for (std::size_t i = 0; i < (waits ? finding.actor_count : 1); ++i) {
      const sim::Actor& actor = finding.actors[i];
      if (event_of_actor_[i] || actor.context.value >= recording_.contexts.size()) continue;
      const std::string& object = finding_->actors[i].object;
      number_of_actor_[i] = ++last_number_;
      locks_[last_number_] = locks_text(actor.context);
      StoryRow& row = begin_row(finding.step, actor.context);
      row.number = last_number_;
      row.at = actor.place;
      row.place = where(actor.place);
      row.object = object;
      row.text = waits            ? fmt::format("{} {}", actor.verb, object)
                 : object.empty() ? fmt::format("{}: {}", actor.verb, finding_->detail)
                                  : fmt::format("{} {}", actor.verb, object);
      if (waits) {
        row.why = holder_text(object, actor.object, sim::no_context);
        cpus_[row.cpu.value].look = CpuLook::spins;
      }
      note_looks(row);
    }
  }

  std::string locks_text(ContextId id) const {
    const std::vector<std::string>& holds = contexts_[id.value].holds;
    if (holds.empty()) return "with no lock held";
    return fmt::format("holding {}", fmt::join(holds, ", "));
  }

  void finish_actors() {
    if (finding_ == nullptr) return;
    for (std::size_t i = 0; i < finding_->actors.size(); ++i) {
      StoryActor& actor = result_.actors.emplace_back();
      actor.text = finding_->actors[i].text;
      actor.number = event_of_actor_[i] ? numbers_.at(*event_of_actor_[i]) : number_of_actor_[i];
      if (actor.number != 0) actor.locks = locks_[actor.number];
    }
    std::stable_sort(result_.actors.begin(), result_.actors.end(),
                     [](const StoryActor& a, const StoryActor& b) { return a.number < b.number; });
  }

  // ---- rows -------------------------------------------------------------------------------------

  /// A row of a context, which is on its CPU from here on.
  StoryRow& begin_row(sim::StepIndex step, ContextId id) {
    StoryRow& row = result_.rows.emplace_back();
    const RecordedContext& context = recording_.contexts[id.value];
    ContextMemory& memory = contexts_[id.value];
    CpuMemory& cpu = cpus_[context.cpu.value];
    row.holds = memory.holds;
    row.step = step;
    row.cpu = context.cpu;
    row.context = id;
    if (context.is_outside) {
      row.mark = memory.has_started ? Mark::goes_on : Mark::starts;
      memory.has_started = true;
      return row;
    }
    cpu.look_before = cpu.look;
    if (context.level != sim::Level::task) {
      row.mark = Mark::handles;
      cpu.look = CpuLook::handles;
      return row;
    }
    if (!memory.has_started)
      row.mark = Mark::starts;
    else if (cpu.occupant != id)
      row.mark = Mark::resumes;
    if (cpu.occupant != id) row.why_switched = reason_for_switch(cpu.occupant, id);
    memory.has_started = true;
    cpu.occupant = id;
    cpu.look = CpuLook::runs;
    return row;
  }

  std::string reason_for_switch(ContextId from, ContextId to) const {
    if (from == sim::no_context) return {};
    const ContextMemory& before = contexts_[from.value];
    if (before.has_ended) return {};
    if (!before.waits_for.empty())
      return fmt::format("{} waits for {}", name(from), before.waits_for);
    return fmt::format("preemption: {} instead of {}", name(to), name(from));
  }

  std::string holder_text(const std::string& object, sim::ObjectId id, ContextId fallback) const {
    if (id.cls() != sim::ObjectClass::memory) return {};
    if (const auto holder = holders_.find(object); holder != holders_.end())
      return fmt::format("{} holds it (step {})", name(holder->second.context),
                         holder->second.step);
    return fallback == sim::no_context ? std::string{} : name(fallback) + " keeps it";
  }

  bool is_shown(const RecordedEvent& recorded, bool is_numbered) const {
    switch (recorded.event.kind) {
      case EventKind::task_start:
      case EventKind::task_switch:
      case EventKind::lock_init:
      case EventKind::might_sleep:
      case EventKind::unmask:
        return false;
      case EventKind::allocate:
        return is_numbered;
      case EventKind::mask:
      case EventKind::create:
        return recorded.takes_step;
      case EventKind::join:
        return recorded.takes_step && recorded.event.place.pc != 0;
      case EventKind::interrupt:
      case EventKind::interrupt_exit:  // of a fault; what it does has rows
        return is_numbered || !recording_.contexts[recorded.event.context.value].is_outside;
      case EventKind::task_exit:
        return contexts_[recorded.event.context.value].has_started;
      default:
        return true;
    }
  }

  void add(std::size_t index) {
    const RecordedEvent& recorded = recording_.events[index];
    const sim::Event& event = recorded.event;
    const auto number = numbers_.find(index);
    const bool is_numbered = number != numbers_.end();
    if (event.context.value < contexts_.size() && is_shown(recorded, is_numbered)) {
      if (is_numbered) locks_[number->second] = locks_text(event.context);
      StoryRow& row = begin_row(event.step, event.context);
      row.event = index;
      if (is_numbered) row.number = number->second;
      row.at = event.place;
      row.place = where(event.place);
      describe(recorded, row);
      note_looks(row);
    }
    remember(recorded);
  }

  void note_looks(StoryRow& row) {
    for (const RecordedContext& context : recording_.contexts)
      if (context.cpu.value >= row.looks.size()) row.looks.resize(context.cpu.value + 1u);
    for (std::size_t i = 0; i < row.looks.size(); ++i) row.looks[i] = cpus_[i].look;
  }

  /// What happens, in the row's words.
  void describe(const RecordedEvent& recorded, StoryRow& row) {
    const sim::Event& event = recorded.event;
    const std::string& object = recorded.object;
    CpuMemory& cpu = cpus_[row.cpu.value];
    row.object = object;
    row.text = fmt::format("{} {}", word(event.kind), object);
    switch (event.kind) {
      case EventKind::trylock:
        row.value = event.value != 0 ? "ok" : "busy";
        if (event.value == 0) row.why = holder_text(object, event.object, sim::no_context);
        break;
      case EventKind::spin:
      case EventKind::block:
        row.text = fmt::format("wait for {}", awaited(recorded));
        cpu.look = event.kind == EventKind::spin ? CpuLook::spins : CpuLook::idle;
        row.why = holder_text(object, event.object,
                              event.kind == EventKind::spin
                                  ? ContextId{static_cast<std::uint16_t>(event.value)}
                                  : sim::no_context);
        break;
      case EventKind::wake:
        row.text = fmt::format("go on after {}", awaited(recorded));
        break;
      case EventKind::load:
      case EventKind::read:
        if (!recorded.value.empty()) row.value = "= " + recorded.value;
        break;
      case EventKind::store:
      case EventKind::exchange:
      case EventKind::write:
        if (!recorded.value.empty()) row.value = ":= " + recorded.value;
        break;
      case EventKind::mask:
        row.text = fmt::format("mask {}", word(static_cast<sim::Mask>(event.value)));
        break;
      case EventKind::allocate:
        row.value = fmt::format("{} bytes", event.value);
        break;
      case EventKind::allocate_failed:
        row.text = "allocation fails";
        row.why = "a fault is injected";
        break;
      case EventKind::assertion:
        row.text = fmt::format("assert fails: {}", recorded.text);
        break;
      case EventKind::interrupt:
        enter_handler(row, cpu);
        break;
      case EventKind::interrupt_exit:
        row.text.clear();
        row.mark = Mark::leaves;
        if (!cpu.interrupted.empty()) {
          cpu.look = cpu.interrupted.back();
          cpu.interrupted.pop_back();
        }
        break;
      case EventKind::task_exit:
        row.text = "exit";
        row.mark = Mark::ends;
        cpu.look = CpuLook::idle;
        break;
      default:
        describe_between_hosts(recorded, row);
        break;
    }
    while (row.text.ends_with(' ')) row.text.pop_back();
  }

  static std::string awaited(const RecordedEvent& recorded) {
    return recorded.event.object.cls() == sim::ObjectClass::mailbox ? "a message" : recorded.object;
  }

  /// A host is down: nobody runs on its CPUs, and what its contexts held is gone.
  void take_down(const std::string& host) {
    for (std::size_t i = 0; i < contexts_.size(); ++i) {
      if (recording_.contexts[i].host != host || !contexts_[i].has_started) continue;
      for (const std::string& lock : contexts_[i].holds) holders_.erase(lock);
      contexts_[i].holds.clear();
      contexts_[i].waits_for.clear();
      contexts_[i].has_ended = true;
      CpuMemory& cpu = cpus_[recording_.contexts[i].cpu.value];
      cpu.interrupted.clear();
      cpu.look = CpuLook::idle;
    }
  }

  /// Messages, and what strikes whole hosts.
  void describe_between_hosts(const RecordedEvent& recorded, StoryRow& row) {
    const sim::Event& event = recorded.event;
    const std::string& object = recorded.object;
    switch (event.kind) {
      case EventKind::send:
        row.text = fmt::format("send message {} to {}", event.value, object);
        if (recorded.text == "lost" || recorded.text == "duplicated" || recorded.text == "cut off")
          row.why = "it is " + recorded.text;
        break;
      case EventKind::receive:
        row.text = event.value == 0 ? std::string("no message: the time is up")
                                    : fmt::format("receive message {}", event.value);
        if (const auto sender = senders_.find(event.value); sender != senders_.end())
          row.why =
              fmt::format("from {} (step {})", name(sender->second.context), sender->second.step);
        break;
      case EventKind::crash:
        row.text = fmt::format("{} crashes", object);
        take_down(object);
        break;
      case EventKind::boot:
        row.text = fmt::format("{} boots again", object);
        break;
      default:
        break;
    }
  }

  void enter_handler(StoryRow& row, CpuMemory& cpu) {
    row.text.clear();
    row.mark = Mark::enters;
    cpu.interrupted.push_back(cpu.look_before);
    if (cpu.look_before == CpuLook::runs || cpu.look_before == CpuLook::spins)
      row.why_switched = fmt::format("lands on {}", name(cpu.occupant));
  }

  void remember(const RecordedEvent& recorded) {
    const sim::Event& event = recorded.event;
    if (event.context.value >= contexts_.size()) return;
    ContextMemory& memory = contexts_[event.context.value];
    switch (event.kind) {
      case EventKind::spin:
      case EventKind::block:
        memory.waits_for = awaited(recorded);
        return;
      case EventKind::send:
        senders_.try_emplace(event.value, Holder{event.context, event.step});
        memory.waits_for.clear();
        return;
      case EventKind::trylock:
        if (event.value == 0) return;
        [[fallthrough]];
      case EventKind::lock:
        memory.waits_for.clear();
        memory.holds.push_back(recorded.object);
        holders_[recorded.object] = {event.context, event.step};
        return;
      case EventKind::unlock:
        std::erase(memory.holds, recorded.object);
        holders_.erase(recorded.object);
        return;
      case EventKind::task_exit:
        memory.has_ended = true;
        if (CpuMemory& cpu = cpus_[event.cpu.value]; cpu.occupant == event.context)
          cpu.occupant = sim::no_context;
        return;
      case EventKind::unmask:
        return;
      default:
        memory.waits_for.clear();
        return;
    }
  }

  const Recording& recording_;
  const RecordedFinding* finding_;
  const bool with_asides_;
  std::vector<ContextMemory> contexts_;
  std::array<CpuMemory, sim::cpus_max> cpus_;
  std::map<std::string, Holder> holders_;    // by the lock's name
  std::map<std::uint64_t, Holder> senders_;  // by the message's number
  std::vector<std::optional<std::size_t>> event_of_actor_;
  std::map<std::size_t, unsigned> numbers_;  // by the event's index
  std::map<unsigned, std::string> locks_;    // held at the numbered rows
  std::vector<unsigned> number_of_actor_;    // of those without an event
  unsigned last_number_ = 0;
  bool lacks_rows_ = false;
  StoryRows result_;
};

}  // namespace

StoryRows story_rows(const Recording& recording, const RecordedFinding* finding, bool with_asides) {
  StoryRows story = RowBuilder(recording, finding, with_asides).build();
  if (finding != nullptr) story.hint = hint_for(recording, *finding, story);
  return story;
}

const RecordedFinding* shown_finding(const Trace& trace, const Recording& recording) {
  const std::vector<RecordedFinding>& all = recording.findings;
  if (all.empty()) return nullptr;
  if (trace.finding) {
    for (const RecordedFinding& one : all)
      if (one.fingerprint == trace.finding->fingerprint) return &one;
    for (const RecordedFinding& one : all)
      if (one.finding.kind == trace.finding->kind) return &one;
  }
  return &all.front();
}

}  // namespace heddle::traces
