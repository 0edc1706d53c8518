#include "traces/recorder.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "sim/explore/preemption.hpp"
#include "sim/memory/hooks.hpp"
#include "traces/report.hpp"

namespace heddle::traces {

using sim::Access;
using sim::ContextId;
using sim::Event;
using sim::EventKind;
using sim::Machine;
using sim::Mode;
using sim::Reason;

namespace {

/// Plain accesses kept at most; those beyond are not shown, even if a finding is about them.
constexpr std::size_t accesses_max = 2'000'000;

/// Whatever lies there: contexts may read a variable that is gone, which the recorder must survive.
[[gnu::no_sanitize("address")]] std::uint64_t peek(std::uintptr_t address, std::size_t size) {
  const auto* const from = reinterpret_cast<const volatile std::uint8_t*>(address);
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < std::min(size, bytes.size()); ++i) bytes[i] = from[i];
  return std::bit_cast<std::uint64_t>(bytes);
}

/// With a CausalOrder: plain accesses beyond are kept without the calls that they are made in.
constexpr std::size_t accesses_with_calls_max = 100'000;
/// Longer copies and fills are not looked at as uses of shared memory.
constexpr std::size_t shared_bytes_max = 64;

/// Does the event stand for a value in memory?
bool has_value(EventKind kind) {
  return kind == EventKind::load || kind == EventKind::store || kind == EventKind::exchange ||
         kind == EventKind::read || kind == EventKind::write;
}

/// An event that says what a write will leave in memory says it before it is there.
bool is_unsettled(const Event& event) {
  return has_value(event.kind) && event.mode == Mode::write && event.size != 0 && event.size <= 8 &&
         event.object.cls() == sim::ObjectClass::memory;
}

/// Rises when the context returns from a function, and when others enter one.
std::uint64_t returns(const sim::Context& context) {
  return sim::hooks.calls_entered - context.calls.depth;
}

}  // namespace

// ---- choices ------------------------------------------------------------------------------------

ContextId Recorder::schedule(const sim::SchedulePoint& point) {
  const ContextId chosen = chooser_.schedule(point);
  if (chosen == sim::no_context) return chosen;
  if (order_ != nullptr) note_point(point, chosen);
  preempts_ = !sim::free_of_preemption(point).contains(chosen);
  if (preempts_) ++preemptions_;
  const sim::Operation& operation = point.operation(chosen);
  RawChoice& raw = choices_.emplace_back();
  raw.choice.arity = point.enabled.count();
  raw.choice.kind = operation.kind;
  raw.context = chosen;
  raw.object = describe(*machine_, operation.object);
  return chosen;
}

void Recorder::note_point(const sim::SchedulePoint& point, ContextId chosen) {
  RawPoint& raw = points_.emplace_back();
  raw.point.step = point.step + 1;
  raw.point.arity = point.enabled.count();
  for (sim::ContextSet rest = point.enabled; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    if (id == chosen) continue;
    const sim::Operation& operation = point.operation(id);
    raw.options.push_back(
        {{id, operation.kind, {}, operation.place}, describe(*machine_, operation.object)});
  }
}

std::uint32_t Recorder::value(Reason reason, std::uint32_t arity) {
  const std::uint32_t chosen = chooser_.value(reason, arity);
  if (chosen == give_up) return chosen;
  RawChoice& raw = choices_.emplace_back();
  raw.choice.reason = reason;
  raw.choice.arity = arity;
  raw.choice.value = chosen;
  raw.context = sim::no_context;
  if (reason != Reason::value && chosen != 0) ++faults_;
  if (order_ != nullptr) points_.push_back({{machine_->steps(), reason, arity, chosen, {}}, {}});
  return chosen;
}

// ---- events -------------------------------------------------------------------------------------

void Recorder::begin(Machine& machine) {
  machine_ = &machine;
  outcome_ = sim::Outcome::finished;
  choices_.clear();
  events_.clear();
  accesses_.clear();
  findings_.clear();
  points_.clear();
  calls_.assign(1, {});
  calls_index_.clear();
  times_.fill(0);
  unsettled_ = Unsettled::nothing;
  preempts_ = false;
  last_step_ = 0;
  last_context_ = sim::no_context;
  switches_ = preemptions_ = interrupts_ = faults_ = 0;
}

/// What was reported since the last event.
void Recorder::notice_findings(const Machine& machine) {
  findings_.resize(machine.findings().size(), events_.size());
}

/// What was written last is in memory by now; but a local variable may be gone with its function,
/// and what lies there now belongs to others.
void Recorder::settle_write(const Machine& machine) {
  const auto is_there = [&](std::uintptr_t address, ContextId writer) {
    return sim::arena_layout::is_heap(address) ||
           returns(machine.context(writer)) == unsettled_returns_;
  };
  if (unsettled_ == Unsettled::event) {
    RawEvent& raw = events_.back();
    if (is_there(raw.event.object.payload(), raw.event.context)) {
      raw.event.value = peek(raw.event.object.payload(), raw.event.size);
      raw.value = value_text(machine, raw.event.value, raw.event.size);
    }
  } else if (unsettled_ == Unsettled::access) {
    RawAccess& raw = accesses_.back();
    raw.has_value = is_there(raw.access.address, raw.access.context);
    if (raw.has_value) raw.value = peek(raw.access.address, raw.access.size);
  }
  unsettled_ = Unsettled::nothing;
}

void Recorder::expect_write(Unsettled what, ContextId writer) {
  unsettled_ = what;
  unsettled_returns_ = returns(machine_->context(writer));
}

void Recorder::event(Machine& machine, const Event& event) {
  notice_findings(machine);
  settle_write(machine);
  // A plain access that is a step of its own comes twice.
  if ((event.kind == EventKind::read || event.kind == EventKind::write) && !accesses_.empty() &&
      accesses_.back().step == event.step && accesses_.back().access.place == event.place)
    accesses_.pop_back();
  RawEvent& raw = events_.emplace_back();
  raw.event = event;
  raw.object = describe(machine, event.object);
  if (event.text != nullptr) raw.text = event.text;
  raw.event.text = nullptr;  // it need not outlive the execution
  if (is_unsettled(event)) expect_write(Unsettled::event, event.context);
  // A scheduled or volatile write is told without what it writes.
  const bool is_known =
      event.kind != EventKind::write && !(event.kind == EventKind::store && event.value == 0);
  if (has_value(event.kind) && is_known) raw.value = value_text(machine, event.value, event.size);
  if (order_ != nullptr) note_causes(machine, raw);
  if (event.kind == EventKind::interrupt)
    ++(event.cpu.value >= machine.config().cpus ? faults_ : interrupts_);
  if (event.step == last_step_ || event.kind == EventKind::task_switch) return;
  raw.takes_step = true;
  raw.is_preemption = preempts_;
  preempts_ = false;
  last_step_ = event.step;
  if (last_context_ != sim::no_context && last_context_ != event.context) ++switches_;
  last_context_ = event.context;
}

/// What a release publishes is the time before it, and the order has gone on to the next already.
void Recorder::note_causes(const Machine& machine, RawEvent& raw) {
  const ContextId id = raw.event.context;
  if (id.value >= times_.size()) return;
  raw.clock = order_->clock(id);
  const std::uint32_t now = id.value < raw.clock.size() ? raw.clock[id.value] : 0;
  raw.time = times_[id.value] == 0 ? now : times_[id.value];
  times_[id.value] = now;
  raw.calls = calls_of(machine.context(id));
}

/// Stacks are kept once: there are far fewer of them than of accesses.
std::uint32_t Recorder::calls_of(const sim::Context& context) {
  const sim::CallStack& stack = context.calls;
  std::vector<sim::Place> calls;
  for (std::size_t i = std::min(stack.depth, sim::CallStack::depth_max); i-- != 0;)
    calls.push_back(sim::Place{stack.call_sites[i]});
  const auto index = static_cast<std::uint32_t>(calls_.size());
  const auto [entry, is_new] = calls_index_.try_emplace(calls, index);
  if (is_new) calls_.push_back(std::move(calls));
  return entry->second;
}

void Recorder::access(Machine& machine, const Access& access) {
  settle_write(machine);
  // A marked access is a step, and its event comes next.
  if (access.atomic || accesses_.size() == accesses_max) return;
  RawAccess& raw = accesses_.emplace_back();
  raw.access = access;
  raw.step = machine.steps();
  raw.before_event = events_.size();
  if (order_ != nullptr) {
    const std::vector<std::uint32_t> clock = order_->clock(access.context);
    raw.time = access.context.value < clock.size() ? clock[access.context.value] : 0;
    if (accesses_.size() <= accesses_with_calls_max)
      raw.calls = calls_of(machine.context(access.context));
  }
  if (access.range || access.size > 8) return;
  if (access.mode == Mode::write) {
    expect_write(Unsettled::access, access.context);
  } else {
    raw.value = peek(access.address, access.size);
    raw.has_value = true;
  }
}

void Recorder::end(Machine& machine, sim::Outcome outcome) {
  // An execution that is stopped is stopped before what it was about to write.
  if (outcome != sim::Outcome::stopped) settle_write(machine);
  unsettled_ = Unsettled::nothing;
  outcome_ = outcome;
}

// ---- the recording ------------------------------------------------------------------------------

/// An access out of bounds is told with the block that it strays from, so its address may differ.
bool Recorder::concerns_finding(const RawAccess& raw) const {
  for (const sim::Finding& finding : machine_->findings())
    for (std::size_t i = 0; i < finding.actor_count; ++i) {
      const sim::Actor& actor = finding.actors[i];
      if (actor.context == raw.access.context && actor.step == raw.step &&
          actor.place == raw.access.place &&
          (finding.kind == sim::FindingKind::out_of_bounds ||
           actor.object.payload() - raw.access.address < raw.access.size))
        return true;
    }
  return false;
}

/// Who uses which word, by its address: atomically, or as plain memory.
Recorder::Sharing Recorder::sharing() const {
  Sharing sharing;
  const auto note = [&](ContextId id, std::uintptr_t address, std::size_t size, Mode mode,
                        std::size_t access) {
    if (size > shared_bytes_max) return;
    for (std::uintptr_t word = address & ~std::uintptr_t{7}; word < address + size; word += 8) {
      Users& users = sharing[word];
      if (id == ContextId{0}) {  // the set-up is everybody's past
        if (mode == Mode::write) users.last_set_up = access;
        continue;
      }
      (mode == Mode::write ? users.writers : users.readers).add(id);
    }
  };
  for (std::size_t i = 0; i < accesses_.size(); ++i) {
    const Access& access = accesses_[i].access;
    note(access.context, access.address, access.size, access.mode, i);
  }
  for (const RawEvent& raw : events_)
    if (has_value(raw.event.kind) && raw.event.object.cls() == sim::ObjectClass::memory)
      note(raw.event.context, raw.event.object.payload(), raw.event.size, raw.event.mode,
           ~std::size_t{0});
  return sharing;
}

/// Is it of a word that one context writes and another one uses? Of the set-up, only what it left.
bool Recorder::is_shared(const Sharing& sharing, std::size_t index) const {
  const Access& access = accesses_[index].access;
  if (access.size > shared_bytes_max) return false;
  for (std::uintptr_t word = access.address & ~std::uintptr_t{7};
       word < access.address + access.size; word += 8) {
    const auto found = sharing.find(word);
    if (found == sharing.end()) continue;
    const Users& users = found->second;
    if (users.writers.empty() || (users.writers | users.readers).count() < 2) continue;
    if (access.context != ContextId{0} || users.last_set_up == index) return true;
  }
  return false;
}

RecordedEvent Recorder::shown(const RawAccess& raw) const {
  const Access& access = raw.access;
  RecordedEvent shown;
  shown.event.kind = access.mode == Mode::write ? EventKind::write : EventKind::read;
  shown.event.mode = access.mode;
  shown.event.context = access.context;
  shown.event.cpu = machine_->context(access.context).cpu;
  shown.event.size = static_cast<std::uint16_t>(std::min<std::uint32_t>(access.size, 0xFFFF));
  shown.event.step = raw.step;
  shown.event.object = sim::ObjectId::memory(access.address);
  shown.event.value = raw.value;
  shown.event.place = access.place;
  shown.object = shown_name(*machine_, shown.event.object, access.place);
  if (raw.has_value) shown.value = value_text(*machine_, raw.value, access.size);
  if (is_pointer_text(shown.value)) shown.value = pointer_text(*machine_, raw.value, access.place);
  shown.time = raw.time;
  if (raw.calls < calls_.size()) shown.calls = calls_[raw.calls];
  return shown;
}

RecordedEvent Recorder::shown(const RawEvent& raw) const {
  RecordedEvent shown;
  shown.event = raw.event;
  shown.object = shown_name(*machine_, raw.object, raw.event.place);
  shown.value = is_pointer_text(raw.value)
                    ? pointer_text(*machine_, raw.event.value, raw.event.place)
                    : raw.value;
  shown.text = raw.text;
  shown.takes_step = raw.takes_step;
  shown.is_preemption = raw.is_preemption;
  shown.time = raw.time;
  shown.clock = raw.clock;
  if (raw.calls < calls_.size()) shown.calls = calls_[raw.calls];
  return shown;
}

/// Events and accesses as they came; `position` gets where each event stands.
void Recorder::add_events(Recording& recording, std::vector<std::size_t>& position) const {
  const Sharing shared = order_ == nullptr ? Sharing{} : sharing();
  std::array<const std::vector<std::uint32_t>*, sim::contexts_max> clocks{};
  std::size_t access = 0;
  for (std::size_t i = 0; i <= events_.size(); ++i) {
    for (; access != accesses_.size() && accesses_[access].before_event == i; ++access) {
      const RawAccess& raw = accesses_[access];
      const bool concerns = concerns_finding(raw);
      if (!concerns && !is_shared(shared, access)) continue;
      RecordedEvent& event = recording.events.emplace_back(shown(raw));
      event.is_aside = !concerns;
      if (const auto* clock = clocks[raw.access.context.value]) event.clock = *clock;
    }
    position[i] = recording.events.size();
    if (i == events_.size()) return;
    recording.events.push_back(shown(events_[i]));
    if (const ContextId id = events_[i].event.context; id.value < clocks.size())
      clocks[id.value] = &events_[i].clock;
  }
}

void Recorder::add_points(Recording& recording) const {
  for (const RawPoint& raw : points_) {
    RecordedPoint& point = recording.points.emplace_back(raw.point);
    for (const RawOption& option : raw.options) {
      point.options.push_back(option.option);
      point.options.back().object = shown_name(*machine_, option.object, option.option.place);
    }
  }
}

RecordedContext Recorder::recorded(const sim::Context& context) const {
  const Machine& machine = *machine_;
  RecordedContext recorded{context_name(machine, context.id), context.cpu, context.level, "",
                           false};
  const sim::HostId host = machine.host_of(context.id);
  const bool is_set_up =
      context.id == ContextId{0} && machine.host_count() > 1;  // one is the world itself
  recorded.is_outside = is_set_up || context.cpu.value >= machine.config().cpus;
  if (!recorded.is_outside && host != sim::HostId{}) recorded.host = machine.host(host).name;
  return recorded;
}

Recording Recorder::recording() const {
  Recording recording;
  if (machine_ == nullptr) return recording;
  const Machine& machine = *machine_;
  std::vector<std::size_t> position(events_.size() + 1);  // in the recording, by index in events_
  for (std::uint16_t i = 0; i < machine.context_count(); ++i)
    recording.contexts.push_back(recorded(machine.context(ContextId{i})));
  for (const RawChoice& raw : choices_) {
    Choice& choice = recording.choices.emplace_back(raw.choice);
    if (choice.reason != Reason::schedule) continue;
    choice.context = recording.contexts[raw.context.value].name;
    choice.object = final_name(machine, raw.object);
  }
  add_events(recording, position);
  add_points(recording);
  for (std::size_t i = 0; i < machine.findings().size(); ++i) {
    const sim::Finding& finding = machine.findings()[i];
    RecordedFinding& recorded = recording.findings.emplace_back();
    recorded.finding = finding;
    recorded.message = message(machine, finding);
    recorded.headline = message(machine, finding, PlaceStyle::function);
    recorded.fingerprint = fingerprint(finding);
    recorded.detail = detail_text(finding);
    for (std::size_t k = 0; k < finding.actor_count; ++k) {
      const sim::Actor& actor = finding.actors[k];
      recorded.actors.push_back(
          {actor_text(machine, actor), shown_name(machine, actor.object, actor.place)});
    }
    recorded.before_event = position[i < findings_.size() ? findings_[i] : events_.size()];
  }
  recording.outcome = outcome_;
  recording.steps = machine.steps();
  recording.switches = switches_;
  recording.preemptions = preemptions_;
  recording.interrupts = interrupts_;
  recording.faults = faults_;
  return recording;
}

}  // namespace heddle::traces
