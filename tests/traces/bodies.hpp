// Small wrong programs, for traces to tell of. Each function name and line order matters to tests
// of places and lanes.
#pragma once

#include <cstdint>

#include "sim/kernel/preempt.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/machine/world.hpp"

namespace heddle::tests {

using sim::Cpu;
using sim::World;

struct Counter {
  int value = 0;
  void add() { value = value + 1; }
};

/// Two tasks add without a lock: a race, and an update can get lost.
inline void lost_update(World& world) {
  auto& counter = world.variable<Counter>("counter");
  for (std::uint16_t i = 0; i < 2; ++i) world.task("adder", Cpu{i}, [&counter] { counter.add(); });
  world.finally([&counter, &world] { world.expect(counter.value == 2, "both have added"); });
}

/// The same with one CPU that both share.
inline void lost_update_on_one_cpu(World& world) {
  auto& counter = world.variable<Counter>("counter");
  world.task("A", Cpu{0}, [&counter] { counter.add(); });
  world.task("B", Cpu{0}, [&counter] { counter.add(); });
}

struct TwoLocks {
  sim::kernel::spinlock_t first = sim::kernel::SPIN_LOCK_UNLOCKED("first");
  sim::kernel::spinlock_t second = sim::kernel::SPIN_LOCK_UNLOCKED("second");
};

inline void take_both(sim::kernel::spinlock_t& outer, sim::kernel::spinlock_t& inner) {
  sim::kernel::spin_lock(&outer);
  sim::kernel::spin_lock(&inner);
  sim::kernel::spin_unlock(&inner);
  sim::kernel::spin_unlock(&outer);
}

/// Two tasks take two locks in different orders.
inline void crossed_locks(World& world) {
  auto& locks = world.create<TwoLocks>();
  world.name(locks.first, "first");
  world.name(locks.second, "second");
  world.task("up", Cpu{0}, [&locks] { take_both(locks.first, locks.second); });
  world.task("down", Cpu{1}, [&locks] { take_both(locks.second, locks.first); });
}

struct Node {
  long header = 0;
  int payload = 0;
};

inline void fill(Node* node) { node->payload = 7; }
inline void drop(Node* node) { sim::kernel::kfree(node); }

/// One task frees what the other one still fills.
inline void early_free(World& world) {
  auto* node = static_cast<Node*>(sim::kernel::kzalloc(sizeof(Node), sim::kernel::GFP_KERNEL));
  world.task("filler", Cpu{0}, [node] { fill(node); });
  world.task("dropper", Cpu{1}, [node] { drop(node); });
}

/// A handler adds to what a task on its CPU adds to, with interrupts on.
inline void unmasked_update(World& world) {
  auto& counter = world.variable<Counter>("counter");
  auto& lock =
      world.variable<sim::kernel::spinlock_t>("lock", sim::kernel::SPIN_LOCK_UNLOCKED("lock"));
  world.task("task", Cpu{0}, [&counter, &lock] {
    sim::kernel::spin_lock(&lock);
    counter.add();
    sim::kernel::spin_unlock(&lock);
  });
  world.interrupt("irq5", Cpu{0}, sim::Level::hardirq, 1, [&counter] { counter.add(); });
}

/// A choice of the workload decides how often it adds.
inline void chosen_adds(World& world) {
  auto& counter = world.variable<Counter>("counter");
  world.task("adder", Cpu{0}, [&counter, &world] {
    for (std::uint32_t left = world.choose(3); left != 0; --left) counter.add();
    world.expect(counter.value != 2, "it has not added twice");
  });
}

}  // namespace heddle::tests
