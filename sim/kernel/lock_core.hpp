// What all locks of the vocabulary are made of: who holds it, who waits, and whether anybody has
// initialised it.
#pragma once

#include <cstdint>

#include "sim/core/event.hpp"
#include "sim/machine/context.hpp"

namespace heddle::sim {
class Machine;
}

namespace heddle::sim::kernel {

/// The whole of a lock, at its address. Uninitialised memory is none: using it is seen.
struct LockCore {
  Waitable holder;
  std::uint32_t magic;
  std::uint16_t introduced;    // the checkers know its class
  std::uint16_t lost_tickets;  // spinlocks: releases that nobody owed
  const char* class_name;
};

inline constexpr std::uint32_t lock_magic = 0xDEAF1EED;

constexpr LockCore unlocked(const char* class_name) {
  return {Waitable{}, lock_magic, 0, 0, class_name};
}

inline ObjectId object_of(const LockCore& lock) { return ObjectId::memory(address_of(&lock)); }

/// Has the memory never been a lock? What lies beside the core means nothing then.
bool is_unused(const LockCore& lock);
/// Whatever the memory holds: from here on it is a lock, so that the machine can wait for it.
void adopt(LockCore& lock);
/// The chosen context looks at what may be no lock yet: tells the checkers of the access, which
/// orders as `sync` says, and of the lock's class (or that nobody has initialised it) when they
/// first see it.
void look_at(Machine& machine, LockCore& lock, Sync sync, Place place);
/// The same of who would take it. @returns whether it is free for the chosen context.
bool look_whether_free(Machine& machine, LockCore& lock, Place place);
/// A step: initialises the lock, whoever holds it. Those who wait for it go on waiting.
void initialise(Machine& machine, LockCore& lock, const char* class_name, Place place);
/// A step: does anybody hold it?
bool is_locked(Machine& machine, const LockCore& lock, Place place);

}  // namespace heddle::sim::kernel
