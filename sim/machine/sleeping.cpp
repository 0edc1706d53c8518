// Sleeping until somebody says so, and the signals that end a sleep. Every sleep has a gate of its
// own, which is closed from the beginning and opened at most once: by whoever wakes first.
#include "sim/machine/machine.hpp"

namespace heddle::sim {
namespace {

ObjectId gate_of(const Context& context) {
  return ObjectId::of(ObjectClass::sleep, std::uint64_t{context.id.value} << 32 | context.sleeps);
}
ObjectId signals_of(const Context& context) {
  return ObjectId::of(ObjectClass::signals, context.id.value);
}

constexpr bool are_among(Sleep sleep, Sleep sleeps) {
  return (static_cast<unsigned>(sleep) & static_cast<unsigned>(sleeps)) != 0;
}

constexpr int sigkill = 9;

}  // namespace

void Machine::prepare_to_sleep(Sleep sleep, ObjectId object, ContextId owner) {
  Context& context = self();
  ++context.sleeps;
  context.sleep = sleep;
  context.sleeps_on = object;
  context.asleep.owner_code = Waitable::taken_for_ever;
  if (owner != no_context) context.asleep.set_owner(owner);
  // Whoever signals it looks at how it sleeps.
  if (sleep != Sleep::uninterruptible) uses(signals_of(context), Mode::write);
}

void Machine::stay_awake() {
  Context& context = self();
  if (context.sleep == Sleep::killable || context.sleep == Sleep::interruptible)
    uses(signals_of(context), Mode::write);
  context.sleep = Sleep::awake;
  context.sleeps_on = no_object;
  context.asleep.set_free();
}

void Machine::sleep(Place place) {
  Context& context = self();
  const ObjectId object = context.sleeps_on;
  announce({EventKind::wake, Mode::read, 0, gate_of(context), place});
  note_idling();
  context.asleep.waiting.add(context.id);
  context.waits_for = &context.asleep;
  if (!context.asleep.is_free()) {
    ready_.remove(context.id);
    leave_cpu();
    emit({.kind = EventKind::block,
          .mode = Mode::read,
          .object = object,
          .value = context.asleep.owner().value,
          .place = place});
  }
  schedule();
  context.asleep.waiting.remove(context.id);
  context.waits_for = nullptr;
  emit({.kind = EventKind::wake, .mode = Mode::read, .object = object, .place = place});
}

bool Machine::wake_sleeper(Context& context, Sleep sleeps) {
  if (!are_among(context.sleep, sleeps)) return false;
  // Also who comes too late: had it come first, it would have opened the gate.
  if (footprint_ != nullptr)
    note_gate(gate_of(context), false, context.asleep.is_free() ? 0 : -1, no_context);
  context.asleep.set_free();
  ready_ = ready_ | context.asleep.waiting;
  return true;
}

void Machine::signal(Context& context, int number) {
  if (number < 1 || number > 64) misused("signals are numbered from 1 to 64");
  uses(signals_of(context), Mode::write);
  context.pending_signals |= std::uint64_t{1} << (number - 1);
  wake_sleeper(context, Sleep::interruptible);
  if (number == sigkill) wake_sleeper(context, Sleep::killable);
}

std::uint64_t Machine::pending_signals(Mode mode) {
  uses(signals_of(self()), mode);
  return self().pending_signals;
}

}  // namespace heddle::sim
