// The small programs that peers are measured on, as scenarios.
#pragma once

#include <atomic>

#include "sim/kernel/spinlock.hpp"
#include "sim/machine/world.hpp"

namespace heddle::bench {

using sim::Cpu;
using sim::World;

/// Store buffering: two tasks, each writes its variable and reads the other's.
inline void store_buffering(World& world) {
  auto& x = world.create<std::atomic<int>>(0);
  auto& y = world.create<std::atomic<int>>(0);
  world.task("left", Cpu{0}, [&] {
    x.store(1);
    (void)y.load();
  });
  world.task("right", Cpu{1}, [&] {
    y.store(1);
    (void)x.load();
  });
}

/// `task_count` tasks of `round_count` atomic increments each.
template <int task_count, int round_count>
void increments(World& world) {
  auto& counter = world.create<std::atomic<int>>(0);
  for (std::uint16_t i = 0; i < task_count; ++i)
    world.task("adder", Cpu{i}, [&] {
      for (int round = 0; round < round_count; ++round) counter.fetch_add(1);
    });
}

/// `task_count` tasks that each increment a plain counter `round_count` times, under a spinlock.
template <int task_count, int round_count>
void locked_increments(World& world) {
  struct Shared {
    sim::kernel::spinlock_t lock = sim::kernel::SPIN_LOCK_UNLOCKED("counter");
    int counter = 0;
  };
  auto& shared = world.create<Shared>();
  for (std::uint16_t i = 0; i < task_count; ++i)
    world.task("adder", Cpu{i}, [&] {
      for (int round = 0; round < round_count; ++round) {
        sim::kernel::spin_lock(&shared.lock);
        const int before = shared.counter;
        shared.counter = before + 1;
        sim::kernel::spin_unlock(&shared.lock);
      }
    });
}

/// One writer and `reader_count` readers of one variable.
template <int reader_count>
void readers(World& world) {
  auto& x = world.create<std::atomic<int>>(0);
  world.task("writer", Cpu{0}, [&] { x.store(42); });
  for (std::uint16_t i = 1; i <= reader_count; ++i)
    world.task("reader", Cpu{i}, [&] { (void)x.load(); });
}

/// One task that makes 2 * `pair_count` plain accesses to an array, and no step.
template <int pair_count>
void plain_accesses(World& world) {
  struct Cells {
    int cell[1024];
  };
  auto& cells = world.create<Cells>();
  world.task("writer", Cpu{0}, [&] {
    for (int i = 0; i < pair_count; ++i) ++cells.cell[i % 1024];
  });
}

/// One task that counts to `step_count`.
template <int step_count>
void counter(World& world) {
  auto& x = world.create<std::atomic<int>>(0);
  world.task("counter", Cpu{0}, [&] {
    for (int i = 0; i < step_count; ++i) x.fetch_add(1);
  });
}

}  // namespace heddle::bench
