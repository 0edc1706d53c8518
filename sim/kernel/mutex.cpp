#include "sim/kernel/mutex.hpp"

#include "sim/core/call_place.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/lock_events.hpp"
#include "sim/kernel/signal.hpp"
#include "sim/kernel/sleep.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

void acquire(LockCore& lock, std::uint8_t flags, Place place) {
  Machine& machine = Machine::running();
  may_sleep(machine, event_can_sleep, place);
  adopt(lock);
  machine.announce({EventKind::lock, Mode::write, 0, object_of(lock), place});
  machine.wait_asleep(lock.holder);
  for (;;) {
    machine.schedule();
    if (look_whether_free(machine, lock, place)) break;
    lock.holder.waiting.add(machine.self().id);  // it may be another lock by now
    machine.fall_asleep();
  }
  machine.take(lock.holder);
  tell(machine, lock, EventKind::lock, Sync::acquire,
       static_cast<std::uint8_t>(flags | event_can_sleep), 0, place);
}

/// The running step frees the mutex, or may have: who waits looks again.
void wake_sleepers(Machine& machine, mutex& lock) {
  wake_all(machine, lock.sleepers, Sleep::any);
  lock.sleepers = {};
}

int acquire_unless_signalled(mutex& lock, Sleep sleep, Place place) {
  Machine& machine = Machine::running();
  LockCore& core = lock.core;
  may_sleep(machine, event_can_sleep, place);
  for (;;) {
    machine.step({EventKind::lock, Mode::write, 0, object_of(core), place});
    if (is_unused(core)) lock.sleepers = {};
    const bool free = look_whether_free(machine, core, place);
    lock.sleepers.remove(machine.self().id);
    machine.stay_awake();
    // Looked at in any case: what a step touches must not depend on what it finds.
    const std::uint64_t pending = machine.pending_signals(Mode::write);
    if (free) break;
    if (ends_sleep(pending, sleep)) return -EINTR;
    lock.sleepers.add(machine.self().id);
    machine.prepare_to_sleep(sleep, object_of(core), core.holder.owner());
    machine.sleep(place);
  }
  machine.take(core.holder);
  tell(machine, core, EventKind::lock, Sync::acquire, event_can_sleep, 0, place);
  return 0;
}

}  // namespace

void mutex_init(mutex* lock, const char* class_name) {
  Machine& machine = Machine::running();
  const bool unused = is_unused(lock->core);
  initialise(machine, lock->core, class_name, HEDDLE_CALL_PLACE);
  if (unused) lock->sleepers = {};
  wake_sleepers(machine, *lock);
}

void mutex_lock(mutex* lock) { acquire(lock->core, 0, HEDDLE_CALL_PLACE); }
void mutex_lock_nested(mutex* lock) { acquire(lock->core, event_nested, HEDDLE_CALL_PLACE); }

int mutex_lock_interruptible(mutex* lock) {
  return acquire_unless_signalled(*lock, Sleep::interruptible, HEDDLE_CALL_PLACE);
}
int mutex_lock_killable(mutex* lock) {
  return acquire_unless_signalled(*lock, Sleep::killable, HEDDLE_CALL_PLACE);
}

bool mutex_trylock(mutex* lock) {
  Machine& machine = Machine::running();
  LockCore& core = lock->core;
  const Place place = HEDDLE_CALL_PLACE;
  machine.step({EventKind::trylock, Mode::write, 0, object_of(core), place});
  const bool free = look_whether_free(machine, core, place);
  machine.tries(Exchanged::Kind::spun);
  if (free)
    machine.take(core.holder);
  else
    machine.only_reads();
  tell(machine, core, EventKind::trylock, free ? Sync::acquire : Sync::none, event_can_sleep,
       free ? 1 : 0, place);
  return free;
}

void mutex_unlock(mutex* lock) {
  Machine& machine = Machine::running();
  LockCore& core = lock->core;
  const Place place = HEDDLE_CALL_PLACE;
  machine.step({EventKind::unlock, Mode::write, 0, object_of(core), place});
  look_at(machine, core, Sync::release, place);
  tell(machine, core, EventKind::unlock, Sync::release, event_can_sleep, core.holder.owner_code,
       place);
  machine.wake(core.holder);
  wake_sleepers(machine, *lock);
}

bool mutex_is_locked(const mutex* lock) {
  return is_locked(Machine::running(), lock->core, HEDDLE_CALL_PLACE);
}

}  // namespace heddle::sim::kernel
