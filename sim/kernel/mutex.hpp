// Mutexes. To wait for one is to sleep: others of the CPU run meanwhile. To take, to release, to
// initialise one is one step each.
//
// Misuse is not judged here: whoever releases it, it is free. Not modelled: spinning on a running
// owner, and that waiters get it in the order in which they came.
//
// A wait that signals may end takes two steps more: one to see that the mutex is held, one to wake up.
// Who finds it free gets it, whatever signals are pending, as in the kernel.
#pragma once

#include "sim/kernel/lock_core.hpp"

namespace heddle::sim::kernel {

/// Uninitialised memory is none: using it is seen.
struct mutex {
  LockCore core;
  ContextSet sleepers;  ///< who waits and may be woken by signals
};

/// A mutex that needs no initialisation at run time. `class_name` names all that are used alike; it
/// lives as long as the program.
constexpr mutex MUTEX_UNLOCKED(const char* class_name) { return {unlocked(class_name), {}}; }
/// Initialises, or forgets who holds it.
void mutex_init(mutex* lock, const char* class_name);

/// May sleep: a finding in atomic context.
void mutex_lock(mutex* lock);
/// Another mutex of the same class is held, on purpose and in a fixed order.
void mutex_lock_nested(mutex* lock);
/// The wait ends when any signal is pending. @returns 0, or -EINTR: it was not taken.
[[nodiscard]] int mutex_lock_interruptible(mutex* lock);
/// The wait ends when SIGKILL is pending. @returns 0, or -EINTR: it was not taken.
[[nodiscard]] int mutex_lock_killable(mutex* lock);
/// @returns whether it was taken. Does not sleep.
bool mutex_trylock(mutex* lock);
void mutex_unlock(mutex* lock);
/// Does anybody hold it? A step.
bool mutex_is_locked(const mutex* lock);

}  // namespace heddle::sim::kernel
