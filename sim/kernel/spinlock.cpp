#include "sim/kernel/spinlock.hpp"

#include "sim/kernel/place.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

ObjectId object_of(const spinlock_t* lock) {
  return ObjectId::memory(reinterpret_cast<std::uintptr_t>(lock));
}

/// What an operation masks besides preemption.
enum class Also : std::uint8_t { nothing, softirqs, hardirqs };

std::uint8_t flags_of(Also also) {
  switch (also) {
    case Also::nothing: return 0;
    case Also::softirqs: return event_bh_safe;
    case Also::hardirqs: return event_irq_safe;
  }
  return 0;
}

Mask widest(Also also) {
  switch (also) {
    case Also::nothing: return Mask::preemption;
    case Also::softirqs: return Mask::softirq;
    case Also::hardirqs: return Mask::hardirq;
  }
  return Mask::preemption;
}

void mask(Machine& machine, Also also, Place place) {
  if (also == Also::hardirqs) machine.mask_within_step(Mask::hardirq, place);
  if (also == Also::softirqs) machine.mask_within_step(Mask::softirq, place);
  machine.mask_within_step(Mask::preemption, place);
}

/// `irqs_on`: interrupts go on again, for Also::hardirqs.
void unmask(Machine& machine, Also also, bool irqs_on, Place place) {
  machine.unmask_within_step(Mask::preemption, place);
  if (also == Also::softirqs) machine.unmask_within_step(Mask::softirq, place);
  if (also == Also::hardirqs && irqs_on) machine.unmask_within_step(Mask::hardirq, place);
}

/// Tells the checkers of the access to the lock itself, and of its class when they first see it.
void introduce(Machine& machine, spinlock_t* lock, Place place) {
  machine.touch(reinterpret_cast<std::uintptr_t>(lock), sizeof *lock, Mode::write, place);
  if (lock->magic != spinlock_magic) {
    // Whatever the memory holds: from here on it is a free lock, so that exploring can go on.
    machine.emit({.kind = EventKind::lock_init,
                  .flags = event_uninitialised,
                  .object = object_of(lock),
                  .place = place});
    *lock = SPIN_LOCK_UNLOCKED("uninitialised lock");
    lock->introduced = 1;
    return;
  }
  if (lock->introduced != 0) return;
  lock->introduced = 1;
  machine.emit({.kind = EventKind::lock_init,
                .object = object_of(lock),
                .place = place,
                .text = lock->class_name});
}

void acquire(spinlock_t* lock, Also also, std::uint8_t flags, Place place) {
  Machine& machine = Machine::running();
  machine.announce({EventKind::lock, Mode::write, 0, object_of(lock), place});
  introduce(machine, lock, place);
  machine.wait_for(lock->holder, machine.keeps_somebody_off(machine.self(), widest(also)));
  bool masked = false;
  for (;;) {
    machine.schedule();
    if (lock->holder.is_free()) break;
    mask(machine, also, place);
    masked = true;
    machine.begin_spinning();
  }
  if (!masked) mask(machine, also, place);
  machine.take(lock->holder);
  machine.emit({.kind = EventKind::lock,
                .sync = Sync::acquire,
                .flags = static_cast<std::uint8_t>(flags | flags_of(also)),
                .object = object_of(lock),
                .place = place,
                .text = lock->class_name});
}

void release(spinlock_t* lock, Also also, bool irqs_on, Place place) {
  Machine& machine = Machine::running();
  machine.step({EventKind::unlock, Mode::write, 0, object_of(lock), place});
  introduce(machine, lock, place);
  machine.emit({.kind = EventKind::unlock,
                .sync = Sync::release,
                .flags = flags_of(also),
                .object = object_of(lock),
                .value = lock->holder.owner_code,
                .place = place,
                .text = lock->class_name});
  // A ticket lock that nobody held would serve the wrong ticket from now on: nobody gets it again.
  if (lock->holder.is_free())
    machine.take_for_ever(lock->holder);
  else
    machine.wake(lock->holder);
  unmask(machine, also, irqs_on, place);
}

}  // namespace

void spin_lock_init(spinlock_t* lock, const char* class_name) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  machine.step({EventKind::lock_init, Mode::write, 0, object_of(lock), place});
  machine.touch(reinterpret_cast<std::uintptr_t>(lock), sizeof *lock, Mode::write, place);
  machine.emit({.kind = EventKind::lock_init,
                .object = object_of(lock),
                .place = place,
                .text = class_name});
  // Those who wait for it go on waiting for the same memory.
  const ContextSet waiting =
      lock->magic == spinlock_magic ? lock->holder.waiting : ContextSet{};
  *lock = SPIN_LOCK_UNLOCKED(class_name);
  lock->introduced = 1;
  lock->holder.waiting = waiting;
  machine.wake(lock->holder);
}

void spin_lock(spinlock_t* lock) { acquire(lock, Also::nothing, 0, HEDDLE_CALL_PLACE); }
void spin_lock_nested(spinlock_t* lock) {
  acquire(lock, Also::nothing, event_nested, HEDDLE_CALL_PLACE);
}
void spin_unlock(spinlock_t* lock) { release(lock, Also::nothing, false, HEDDLE_CALL_PLACE); }
void spin_lock_bh(spinlock_t* lock) { acquire(lock, Also::softirqs, 0, HEDDLE_CALL_PLACE); }
void spin_unlock_bh(spinlock_t* lock) { release(lock, Also::softirqs, false, HEDDLE_CALL_PLACE); }
void spin_lock_irq(spinlock_t* lock) { acquire(lock, Also::hardirqs, 0, HEDDLE_CALL_PLACE); }
void spin_unlock_irq(spinlock_t* lock) { release(lock, Also::hardirqs, true, HEDDLE_CALL_PLACE); }
void spin_lock_irqsave(spinlock_t* lock, unsigned long& flags) {
  flags = Machine::running().self().irqs_off ? 1 : 0;
  acquire(lock, Also::hardirqs, 0, HEDDLE_CALL_PLACE);
}
void spin_unlock_irqrestore(spinlock_t* lock, unsigned long flags) {
  release(lock, Also::hardirqs, flags == 0, HEDDLE_CALL_PLACE);
}

bool spin_trylock(spinlock_t* lock) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  machine.step({EventKind::trylock, Mode::write, 0, object_of(lock), place});
  introduce(machine, lock, place);
  const bool free = lock->holder.is_free();
  if (free) {
    mask(machine, Also::nothing, place);
    machine.take(lock->holder);
  }
  machine.emit({.kind = EventKind::trylock,
                .mode = free ? Mode::write : Mode::read,
                .sync = free ? Sync::acquire : Sync::none,
                .object = object_of(lock),
                .value = free ? 1u : 0u,
                .place = place,
                .text = lock->class_name});
  return free;
}

bool spin_is_locked(const spinlock_t* lock) { return !lock->holder.is_free(); }

}  // namespace heddle::sim::kernel
