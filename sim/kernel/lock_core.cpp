#include "sim/kernel/lock_core.hpp"

#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// Memory that nobody initialised and that is used as a lock all the same.
constexpr std::uint32_t uninitialised_magic = 0xDEAD4EAD;

Access access_to(const LockCore& lock, Mode mode, Place place) {
  return {.address = address_of(&lock),
          .size = sizeof lock,
          .mode = mode,
          .atomic = true,
          .place = place};
}

}  // namespace

bool is_unused(const LockCore& lock) {
  return lock.magic != lock_magic && lock.magic != uninitialised_magic;
}

void adopt(LockCore& lock) {
  if (!is_unused(lock)) return;
  lock = unlocked("uninitialised lock");
  lock.magic = uninitialised_magic;
}

void look_at(Machine& machine, LockCore& lock, Sync sync, Place place) {
  Access access = access_to(lock, Mode::write, place);
  adopt(lock);
  if (lock.introduced == 0) [[unlikely]] {
    machine.touch(access);
    lock.introduced = 1;
    machine.emit(
        {.kind = EventKind::lock_init,
         .flags = lock.magic == lock_magic ? std::uint8_t{0} : std::uint8_t{event_uninitialised},
         .object = object_of(lock),
         .place = place,
         .text = lock.class_name});
  }
  access.kind = EventKind::exchange;
  access.sync = sync;
  machine.touch(access);
}

bool look_whether_free(Machine& machine, LockCore& lock, Place place) {
  adopt(lock);
  const bool free = lock.holder.is_free() && lock.lost_tickets == 0;
  look_at(machine, lock, free ? Sync::acquire : Sync::none, place);
  return free;
}

void initialise(Machine& machine, LockCore& lock, const char* class_name, Place place) {
  machine.step({EventKind::lock_init, Mode::write, 0, object_of(lock), place});
  Access access = access_to(lock, Mode::write, place);
  access.atomic = false;
  machine.touch(access);
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

bool is_locked(Machine& machine, const LockCore& lock, Place place) {
  machine.step({EventKind::load, Mode::read, 0, object_of(lock), place});
  machine.touch(access_to(lock, Mode::read, place));
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
