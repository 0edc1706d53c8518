// What checkers are told of operations on locks; apart from lock_core.hpp, which everybody
// includes.
#pragma once

#include "sim/kernel/lock_core.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

/// Tells of an operation on the lock, which has just been or is about to be done. @pre look_at()
/// has told how it orders.
[[gnu::always_inline]] inline void tell(Machine& machine, const LockCore& lock, EventKind kind,
                                        Sync sync, std::uint8_t flags, std::uint64_t value,
                                        Place place) {
  machine.emit_access({.kind = kind,
                       .mode = kind == EventKind::trylock && value == 0 ? Mode::read : Mode::write,
                       .sync = sync,
                       .flags = flags,
                       .object = object_of(lock),
                       .value = value,
                       .place = place,
                       .text = lock.class_name});
}
}  // namespace heddle::sim::kernel
