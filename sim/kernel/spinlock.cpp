#include "sim/kernel/spinlock.hpp"

#include <new>

#include "sim/core/check.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/place.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// Memory that nobody initialised and that is used as a lock all the same.
constexpr std::uint32_t uninitialised_magic = 0xDEAD4EAD;

ObjectId object_of(const spinlock_t* lock) {
  return ObjectId::memory(reinterpret_cast<std::uintptr_t>(lock));
}

void touch(Machine& machine, const spinlock_t* lock, Mode mode, Place place, bool atomic = true) {
  machine.touch(reinterpret_cast<std::uintptr_t>(lock), sizeof *lock, mode, place, atomic);
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

/// Whatever the memory holds: from here on it is a lock, so that the machine can wait for it.
void adopt(spinlock_t* lock) {
  if (lock->magic == spinlock_magic || lock->magic == uninitialised_magic) return;
  *lock = SPIN_LOCK_UNLOCKED("uninitialised lock");
  lock->magic = uninitialised_magic;
}

/// The chosen context looks at the lock: tells the checkers of the access, and of the lock's class
/// when they first see it.
void look_at(Machine& machine, spinlock_t* lock, Place place) {
  touch(machine, lock, Mode::write, place);
  adopt(lock);
  if (lock->introduced != 0) return;
  lock->introduced = 1;
  const bool initialised = lock->magic == spinlock_magic;
  machine.emit({.kind = EventKind::lock_init,
                .flags = initialised ? std::uint8_t{0} : std::uint8_t{event_uninitialised},
                .object = object_of(lock),
                .place = place,
                .text = lock->class_name});
}

/// The context has drawn a ticket that was served already.
[[noreturn]] void spin_for_ever(Machine& machine, spinlock_t* lock) {
  --lock->lost_tickets;
  lock->holder.waiting.remove(machine.self().id);
  auto* never = new (machine.allocate_raw(sizeof(Waitable))) Waitable;
  machine.take_for_ever(*never);
  machine.wait_for(*never, true);
  machine.begin_spinning();
  machine.schedule();
  HEDDLE_CHECK(false, "who spins for ever is not chosen again");
}

void acquire(spinlock_t* lock, Also also, std::uint8_t flags, Place place) {
  Machine& machine = Machine::running();
  adopt(lock);
  machine.announce({EventKind::lock, Mode::write, 0, object_of(lock), place});
  machine.wait_for(lock->holder, machine.keeps_somebody_off(machine.self(), widest(also)));
  bool masked = false;
  for (;;) {
    machine.schedule();
    look_at(machine, lock, place);
    if (!masked) mask(machine, also, place);
    masked = true;
    if (lock->holder.is_free()) break;
    lock->holder.waiting.add(machine.self().id);  // it may be another lock by now
    machine.begin_spinning();
  }
  if (lock->lost_tickets != 0) spin_for_ever(machine, lock);
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
  look_at(machine, lock, place);
  machine.emit({.kind = EventKind::unlock,
                .sync = Sync::release,
                .flags = flags_of(also),
                .object = object_of(lock),
                .value = lock->holder.owner_code,
                .place = place,
                .text = lock->class_name});
  if (lock->holder.is_free()) ++lock->lost_tickets;
  machine.wake(lock->holder);
  unmask(machine, also, irqs_on, place);
}

bool is_locked(const spinlock_t* lock, Place place) {
  Machine& machine = Machine::running();
  machine.step({EventKind::load, Mode::read, 0, object_of(lock), place});
  touch(machine, lock, Mode::read, place);
  const bool locked = !lock->holder.is_free() || lock->lost_tickets != 0;
  machine.emit({.kind = EventKind::load,
                .mode = Mode::read,
                .object = object_of(lock),
                .value = locked ? 1u : 0u,
                .place = place,
                .text = lock->class_name});
  return locked;
}

}  // namespace

void spin_lock_init(spinlock_t* lock, const char* class_name) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  machine.step({EventKind::lock_init, Mode::write, 0, object_of(lock), place});
  touch(machine, lock, Mode::write, place, false);
  machine.emit({.kind = EventKind::lock_init,
                .object = object_of(lock),
                .place = place,
                .text = class_name});
  // Those who wait for it go on waiting for the same memory.
  adopt(lock);
  const ContextSet waiting = lock->holder.waiting;
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
unsigned long _raw_spin_lock_irqsave(spinlock_t* lock) {
  const bool were_off = Machine::running().self().irqs_off;
  acquire(lock, Also::hardirqs, 0, HEDDLE_CALL_PLACE);
  return were_off ? 1 : 0;
}
void spin_unlock_irqrestore(spinlock_t* lock, unsigned long flags) {
  release(lock, Also::hardirqs, flags == 0, HEDDLE_CALL_PLACE);
}

bool spin_trylock(spinlock_t* lock) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  machine.step({EventKind::trylock, Mode::write, 0, object_of(lock), place});
  look_at(machine, lock, place);
  const bool free = lock->holder.is_free() && lock->lost_tickets == 0;
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

bool spin_is_locked(const spinlock_t* lock) { return is_locked(lock, HEDDLE_CALL_PLACE); }

void assert_spin_locked(const spinlock_t* lock) {
  const Place place = HEDDLE_CALL_PLACE;
  if (!is_locked(lock, place)) bug("the lock is held", place);
}

}  // namespace heddle::sim::kernel
