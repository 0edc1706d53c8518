#include "sim/kernel/lock_core.hpp"

#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// Memory that nobody initialised and that is used as a lock all the same.
constexpr std::uint32_t uninitialised_magic = 0xDEAD4EAD;

void touch(Machine& machine, const LockCore& lock, Mode mode, Place place, bool atomic = true) {
  machine.touch(reinterpret_cast<std::uintptr_t>(&lock), sizeof lock, mode, place, atomic);
}

}  // namespace

ObjectId object_of(const LockCore& lock) {
  return ObjectId::memory(reinterpret_cast<std::uintptr_t>(&lock));
}

bool is_unused(const LockCore& lock) {
  return lock.magic != lock_magic && lock.magic != uninitialised_magic;
}

void adopt(LockCore& lock) {
  if (!is_unused(lock)) return;
  lock = unlocked("uninitialised lock");
  lock.magic = uninitialised_magic;
}

void look_at(Machine& machine, LockCore& lock, Place place) {
  touch(machine, lock, Mode::write, place);
  adopt(lock);
  if (lock.introduced != 0) return;
  lock.introduced = 1;
  machine.emit(
      {.kind = EventKind::lock_init,
       .flags = lock.magic == lock_magic ? std::uint8_t{0} : std::uint8_t{event_uninitialised},
       .object = object_of(lock),
       .place = place,
       .text = lock.class_name});
}

void initialise(Machine& machine, LockCore& lock, const char* class_name, Place place) {
  machine.step({EventKind::lock_init, Mode::write, 0, object_of(lock), place});
  touch(machine, lock, Mode::write, place, false);
  machine.emit({.kind = EventKind::lock_init,
                .object = object_of(lock),
                .place = place,
                .text = class_name});
  adopt(lock);
  const ContextSet waiting = lock.holder.waiting;
  lock = unlocked(class_name);
  lock.introduced = 1;
  lock.holder.waiting = waiting;
  machine.wake(lock.holder);
}

void tell(Machine& machine, const LockCore& lock, EventKind kind, Sync sync, std::uint8_t flags,
          std::uint64_t value, Place place) {
  machine.emit({.kind = kind,
                .mode = kind == EventKind::trylock && value == 0 ? Mode::read : Mode::write,
                .sync = sync,
                .flags = flags,
                .object = object_of(lock),
                .value = value,
                .place = place,
                .text = lock.class_name});
}

bool is_locked(Machine& machine, const LockCore& lock, Place place) {
  machine.step({EventKind::load, Mode::read, 0, object_of(lock), place});
  touch(machine, lock, Mode::read, place);
  const bool locked = !lock.holder.is_free() || lock.lost_tickets != 0;
  machine.emit({.kind = EventKind::load,
                .mode = Mode::read,
                .object = object_of(lock),
                .value = locked ? 1u : 0u,
                .place = place,
                .text = lock.class_name});
  return locked;
}

}  // namespace heddle::sim::kernel
