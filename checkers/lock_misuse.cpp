#include "checkers/lock_misuse.hpp"

#include <algorithm>

namespace heddle::checkers {

using sim::Actor;
using sim::Context;
using sim::Event;
using sim::EventKind;
using sim::Finding;
using sim::FindingKind;
using sim::Level;
using sim::Machine;
using sim::ObjectId;

namespace {

/// What the context still masks though it ends; nullptr if nothing. A handler of an interrupt runs
/// with interrupts off.
const char* left_off(const Context& context) {
  if (context.irqs_off && context.level < Level::hardirq) return "it ends with interrupts off";
  if (context.softirq_count != 0) return "it ends with softirqs off";
  if (context.preempt_count != 0) return "it ends with preemption off";
  return nullptr;
}

}  // namespace

sim::EventMask LockMisuseChecker::events() const {
  return {EventKind::lock, EventKind::trylock,   EventKind::unlock,        EventKind::lock_init,
          EventKind::free, EventKind::task_exit, EventKind::interrupt_exit};
}

void LockMisuseChecker::begin(Machine&) { forget(); }

void LockMisuseChecker::forget() {
  for (std::size_t i = 0; i < contexts_; ++i) held_[i].clear();
  contexts_ = 0;
}

bool LockMisuseChecker::archive(sim::Archive& archive) {
  archive.then(*this, 0, [](LockMisuseChecker& checker, std::uint64_t) { checker.forget(); });
  if (contexts_ == 0) return true;
  archive.values(contexts_);
  for (std::size_t i = 0; i < contexts_; ++i) archive.whole(held_[i]);
  return true;
}

void LockMisuseChecker::event(Machine& machine, const Event& event) {
  switch (event.kind) {
    case EventKind::lock:
      take(event);
      break;
    case EventKind::trylock:
      if (event.value != 0) take(event);
      break;
    case EventKind::unlock:
      release(machine, event);
      break;
    case EventKind::lock_init:
      initialise(machine, event);
      break;
    case EventKind::free:
      free_memory(machine, event);
      break;
    default:
      end_context(machine, event);
      break;
  }
}

void LockMisuseChecker::take(const Event& event) {
  contexts_ = std::max<std::size_t>(contexts_, event.context.value + 1u);
  held_[event.context.value].push_back(
      {event.context, event.step, event.place, "takes", event.object});
}

void LockMisuseChecker::release(Machine& machine, const Event& event) {
  auto& held = held_[event.context.value];
  for (auto last = held.end(); last != held.begin();) {
    --last;
    if (last->object != event.object) continue;
    held.erase(last);
    return;
  }
  Finding finding =
      machine.finding_here(FindingKind::lock_misuse, event.place, "releases", event.object);
  if (const Actor* other = holder(event.object)) {
    finding.add(*other);
    finding.detail = "another context holds the lock";
  } else {
    finding.detail = "nobody holds the lock";
  }
  machine.report(finding);
}

void LockMisuseChecker::initialise(Machine& machine, const Event& event) {
  const Actor* other = holder(event.object);
  const bool used = (event.flags & sim::event_uninitialised) != 0;
  if (other == nullptr && !used) return;
  Finding finding = machine.finding_here(FindingKind::lock_misuse, event.place,
                                         used ? "uses" : "initialises", event.object);
  if (other != nullptr) finding.add(*other);
  finding.detail = used ? "nobody has initialised the lock" : "the lock is initialised while held";
  machine.report(finding);
}

void LockMisuseChecker::free_memory(Machine& machine, const Event& event) {
  const std::uint64_t begin = event.object.bits;
  for (std::size_t i = 0; i < contexts_; ++i)
    for (const Actor& held : held_[i]) {
      if (held.object.bits < begin || held.object.bits - begin >= event.value) continue;
      Finding finding =
          machine.finding_here(FindingKind::lock_misuse, event.place, "frees", held.object);
      finding.add(held);
      finding.detail = "the lock is freed while held";
      machine.report(finding);
    }
}

void LockMisuseChecker::end_context(Machine& machine, const Event& event) {
  auto& held = held_[event.context.value];
  for (const Actor& taken : held) {
    Finding finding =
        machine.finding_here(FindingKind::lock_misuse, event.place, "ends", taken.object);
    finding.add(taken);
    finding.detail = event.kind == EventKind::task_exit ? "the task ends with the lock held"
                                                        : "the handler returns with the lock held";
    machine.report(finding);
  }
  const bool held_any = !held.empty();
  held.clear();
  const char* off = left_off(machine.context(event.context));
  if (off == nullptr || held_any) return;
  Finding finding =
      machine.finding_here(FindingKind::wrong_context, event.place, "ends", event.object);
  finding.detail = off;
  machine.report(finding);
}

const Actor* LockMisuseChecker::holder(ObjectId lock) const {
  for (std::size_t i = 0; i < contexts_; ++i)
    for (const Actor& held : held_[i])
      if (held.object == lock) return &held;
  return nullptr;
}

}  // namespace heddle::checkers
