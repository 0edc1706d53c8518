// RCU: sections of readers, and grace periods that wait for those which have begun before.
//
// A grace period ends when all sections that it has met are over; how much later is a matter of the
// schedule. A callback has a task of its own that waits for its grace period and runs the callback
// as a softirq would (CONFIG_RCU_NOCB_CPU), so an execution has room for few. To begin a section,
// to end it, to look for readers is one step each; nested sections cost nothing.
//
// Readers may be preempted and may not sleep. A section with preemption off is none by itself.
// Source: Documentation/RCU/whatisRCU.rst.
#pragma once

#include "sim/kernel/once.hpp"
#include "sim/machine/world.hpp"

namespace heddle::sim::kernel {

/// Lies in what its callback frees.
struct rcu_head {
  void (*func)(rcu_head* head);
};

/// Sets RCU up for the world, with the CPU on which callbacks run. @pre called by the set-up.
void rcu_init(World& world, Cpu callbacks);

void rcu_read_lock();
void rcu_read_unlock();
/// Is the running context in a section?
bool rcu_read_lock_held();

/// The callback runs after a grace period that begins now or later; at once while nobody else runs.
/// It may not sleep. A step.
void call_rcu(rcu_head* head, void (*func)(rcu_head* head));
/// Waits for a grace period. May sleep: a finding in a section, which it would wait for itself.
void synchronize_rcu();

/// A pointer that readers follow and writers replace.
template <class T>
[[gnu::always_inline]] inline T* rcu_dereference(T* const& pointer) {
  return smp_load_acquire(&pointer);
}
template <class T>
[[gnu::always_inline]] inline void rcu_assign_pointer(T*& pointer, T* value) {
  smp_store_release(&pointer, value);
}

}  // namespace heddle::sim::kernel
