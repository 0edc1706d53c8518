#include "sim/kernel/mutex.hpp"

#include "sim/kernel/place.hpp"
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
    look_at(machine, lock, place);
    if (lock.holder.is_free()) break;
    lock.holder.waiting.add(machine.self().id);  // it may be another lock by now
    machine.fall_asleep();
  }
  machine.take(lock.holder);
  tell(machine, lock, EventKind::lock, Sync::acquire,
       static_cast<std::uint8_t>(flags | event_can_sleep), 0, place);
}

}  // namespace

void mutex_init(mutex* lock, const char* class_name) {
  initialise(Machine::running(), lock->core, class_name, HEDDLE_CALL_PLACE);
}

void mutex_lock(mutex* lock) { acquire(lock->core, 0, HEDDLE_CALL_PLACE); }
void mutex_lock_nested(mutex* lock) { acquire(lock->core, event_nested, HEDDLE_CALL_PLACE); }

bool mutex_trylock(mutex* lock) {
  Machine& machine = Machine::running();
  LockCore& core = lock->core;
  const Place place = HEDDLE_CALL_PLACE;
  machine.step({EventKind::trylock, Mode::write, 0, object_of(core), place});
  look_at(machine, core, place);
  const bool free = core.holder.is_free();
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
  look_at(machine, core, place);
  tell(machine, core, EventKind::unlock, Sync::release, event_can_sleep, core.holder.owner_code,
       place);
  machine.wake(core.holder);
}

bool mutex_is_locked(const mutex* lock) {
  return is_locked(Machine::running(), lock->core, HEDDLE_CALL_PLACE);
}

}  // namespace heddle::sim::kernel
