// Spinlocks. To wait for one is to be blocked on it: it costs no steps, and a wait that can never
// end is a deadlock. To take, to release, to initialise one is one step each; what the operation
// masks (preemption always, softirqs with _bh, interrupts with _irq and _irqsave) changes within
// that step. Where waiting keeps others off the CPU, a context may be chosen once to begin to spin.
//
// Misuse is not judged here; it does what a ticket lock does (arch/x86/include/asm/spinlock.h,
// Linux 3.10). A release that nobody owed serves a ticket too early: whoever draws it spins for
// ever, and those after it are served again. Not modelled: tickets are served in any order, not
// first come, first served.
#pragma once

#include "sim/kernel/lock_core.hpp"

namespace heddle::sim::kernel {

/// Uninitialised memory is no lock: using it is seen.
struct spinlock_t {
  LockCore core;
};

/// A lock that needs no initialisation at run time. `class_name` names all locks that are used
/// alike; it lives as long as the program.
constexpr spinlock_t SPIN_LOCK_UNLOCKED(const char* class_name) { return {unlocked(class_name)}; }
/// Initialises, or forgets who holds it: the kernel does not ask either. A step, as who initialises
/// a lock that others may use races with them.
void spin_lock_init(spinlock_t* lock, const char* class_name);

void spin_lock(spinlock_t* lock);
/// Another lock of the same class is held, on purpose and in a fixed order.
void spin_lock_nested(spinlock_t* lock);
void spin_unlock(spinlock_t* lock);
void spin_lock_bh(spinlock_t* lock);
void spin_unlock_bh(spinlock_t* lock);
void spin_lock_irq(spinlock_t* lock);
/// Turns interrupts on, whatever they were before spin_lock_irq().
void spin_unlock_irq(spinlock_t* lock);
/// @returns what the matching spin_unlock_irqrestore() needs: 1 if interrupts were off before.
[[nodiscard]] unsigned long _raw_spin_lock_irqsave(spinlock_t* lock);
/// @param flags  out: see _raw_spin_lock_irqsave(). Written by the caller, who may share it
/// wrongly.
[[gnu::always_inline]] inline void spin_lock_irqsave(spinlock_t* lock, unsigned long& flags) {
  flags = _raw_spin_lock_irqsave(lock);
}
void spin_unlock_irqrestore(spinlock_t* lock, unsigned long flags);
/// @returns whether it was taken.
bool spin_trylock(spinlock_t* lock);
/// Does anybody hold it? A step.
bool spin_is_locked(const spinlock_t* lock);
/// A finding and a panic unless somebody holds it. A step.
void assert_spin_locked(const spinlock_t* lock);

}  // namespace heddle::sim::kernel
