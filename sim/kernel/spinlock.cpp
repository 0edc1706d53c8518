#include "sim/kernel/spinlock.hpp"

#include <new>

#include "sim/core/call_place.hpp"
#include "sim/core/check.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/lock_events.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// What an operation masks besides preemption.
enum class Also : std::uint8_t { nothing, softirqs, hardirqs };

std::uint8_t flags_of(Also also) {
  switch (also) {
    case Also::nothing:
      return 0;
    case Also::softirqs:
      return event_bh_safe;
    case Also::hardirqs:
      return event_irq_safe;
  }
  return 0;
}

Mask widest(Also also) {
  switch (also) {
    case Also::nothing:
      return Mask::preemption;
    case Also::softirqs:
      return Mask::softirq;
    case Also::hardirqs:
      return Mask::hardirq;
  }
  return Mask::preemption;
}

void mask(Machine& machine, Also also, Place place) {
  if (also == Also::hardirqs && !machine.self().irqs_off)
    machine.mask_within_step(Mask::hardirq, place);
  if (also == Also::softirqs) machine.mask_within_step(Mask::softirq, place);
  machine.mask_within_step(Mask::preemption, place);
}

/// `irqs_on`: interrupts go on again, for Also::hardirqs.
void unmask(Machine& machine, Also also, bool irqs_on, Place place) {
  machine.unmask_within_step(Mask::preemption, place);
  if (also == Also::softirqs) machine.unmask_within_step(Mask::softirq, place);
  if (also == Also::hardirqs && irqs_on && machine.self().irqs_off)
    machine.unmask_within_step(Mask::hardirq, place);
}

/// The context has drawn a ticket that was served already.
[[noreturn]] void spin_for_ever(Machine& machine, LockCore& lock) {
  --lock.lost_tickets;
  lock.holder.waiting.remove(machine.self().id);
  auto* never = new (machine.allocate_raw(sizeof(Waitable))) Waitable;
  machine.take_for_ever(*never);
  machine.wait_for(*never, true);
  machine.begin_spinning();
  machine.schedule();
  HEDDLE_CHECK(false, "who spins for ever is not chosen again");
}

void acquire(LockCore& lock, Also also, std::uint8_t flags, Place place) {
  Machine& machine = Machine::running();
  adopt(lock);
  machine.announce({EventKind::lock, Mode::write, 0, object_of(lock), place});
  machine.wait_for(lock.holder, machine.keeps_somebody_off(machine.self(), widest(also)));
  bool masked = false;
  for (;;) {
    machine.schedule();
    look_whether_free(machine, lock, place);
    if (!masked) mask(machine, also, place);
    masked = true;
    if (lock.holder.is_free()) break;
    lock.holder.waiting.add(machine.self().id);  // it may be another lock by now
    machine.begin_spinning();
  }
  if (lock.lost_tickets != 0) spin_for_ever(machine, lock);
  machine.take(lock.holder);
  tell(machine, lock, EventKind::lock, Sync::acquire,
       static_cast<std::uint8_t>(flags | flags_of(also)), 0, place);
}

void release(LockCore& lock, Also also, bool irqs_on, Place place) {
  Machine& machine = Machine::running();
  machine.step({EventKind::unlock, Mode::write, 0, object_of(lock), place});
  look_at(machine, lock, Sync::release, place);
  tell(machine, lock, EventKind::unlock, Sync::release, flags_of(also), lock.holder.owner_code,
       place);
  if (lock.holder.is_free()) ++lock.lost_tickets;
  machine.wake(lock.holder);
  unmask(machine, also, irqs_on, place);
}

}  // namespace

void spin_lock_init(spinlock_t* lock, const char* class_name) {
  initialise(Machine::running(), lock->core, class_name, HEDDLE_CALL_PLACE);
}

void spin_lock(spinlock_t* lock) { acquire(lock->core, Also::nothing, 0, HEDDLE_CALL_PLACE); }
void spin_lock_nested(spinlock_t* lock) {
  acquire(lock->core, Also::nothing, event_nested, HEDDLE_CALL_PLACE);
}
void spin_unlock(spinlock_t* lock) { release(lock->core, Also::nothing, false, HEDDLE_CALL_PLACE); }
void spin_lock_bh(spinlock_t* lock) { acquire(lock->core, Also::softirqs, 0, HEDDLE_CALL_PLACE); }
void spin_unlock_bh(spinlock_t* lock) {
  release(lock->core, Also::softirqs, false, HEDDLE_CALL_PLACE);
}
void spin_lock_irq(spinlock_t* lock) { acquire(lock->core, Also::hardirqs, 0, HEDDLE_CALL_PLACE); }
void spin_unlock_irq(spinlock_t* lock) {
  release(lock->core, Also::hardirqs, true, HEDDLE_CALL_PLACE);
}
unsigned long _raw_spin_lock_irqsave(spinlock_t* lock) {
  const bool were_off = Machine::running().self().irqs_off;
  acquire(lock->core, Also::hardirqs, 0, HEDDLE_CALL_PLACE);
  return were_off ? 1 : 0;
}
void spin_unlock_irqrestore(spinlock_t* lock, unsigned long flags) {
  release(lock->core, Also::hardirqs, flags == 0, HEDDLE_CALL_PLACE);
}

bool spin_trylock(spinlock_t* lock) {
  Machine& machine = Machine::running();
  LockCore& core = lock->core;
  const Place place = HEDDLE_CALL_PLACE;
  machine.step({EventKind::trylock, Mode::write, 0, object_of(core), place});
  const bool free = look_whether_free(machine, core, place);
  machine.tries(Exchanged::Kind::tried);
  if (free) {
    mask(machine, Also::nothing, place);
    machine.take(core.holder);
  } else {
    machine.only_reads();
  }
  tell(machine, core, EventKind::trylock, free ? Sync::acquire : Sync::none, 0, free ? 1 : 0,
       place);
  return free;
}

bool spin_is_locked(const spinlock_t* lock) {
  return is_locked(Machine::running(), lock->core, HEDDLE_CALL_PLACE);
}

void assert_spin_locked(const spinlock_t* lock) {
  const Place place = HEDDLE_CALL_PLACE;
  if (!is_locked(Machine::running(), lock->core, place)) bug("the lock is held", place);
}

}  // namespace heddle::sim::kernel
