#include "bench/measure/programs.hpp"

#include <array>
#include <atomic>

#include "sim/kernel/spinlock.hpp"

namespace heddle::bench {
namespace {

using sim::Cpu;
using sim::World;
using Atomic = std::atomic<int>;

Cpu cpu_of(int task) { return Cpu{static_cast<std::uint16_t>(task)}; }

/// Each of two tasks writes its variable and reads the other's.
void store_buffering(World& world, int, int) {
  struct Shared {
    Atomic at[2];
  };
  auto& shared = world.create<Shared>();
  for (int i = 0; i < 2; ++i)
    world.task("task", cpu_of(i), [&shared, i] {
      shared.at[i].store(1);
      (void)shared.at[1 - i].load();
    });
}

/// n tasks of k atomic increments of one counter.
void increments(World& world, int n, int k) {
  auto& counter = world.create<Atomic>(0);
  for (int i = 0; i < n; ++i)
    world.task("adder", cpu_of(i), [&counter, k] {
      for (int round = 0; round < k; ++round) counter.fetch_add(1);
    });
}

/// n tasks of k plain increments of one counter, each under a spinlock.
void locked_increments(World& world, int n, int k) {
  struct Shared {
    sim::kernel::spinlock_t lock = sim::kernel::SPIN_LOCK_UNLOCKED("counter");
    int counter = 0;
  };
  auto& shared = world.create<Shared>();
  for (int i = 0; i < n; ++i)
    world.task("adder", cpu_of(i), [&shared, k] {
      for (int round = 0; round < k; ++round) {
        sim::kernel::spin_lock(&shared.lock);
        const int before = shared.counter;
        shared.counter = before + 1;
        sim::kernel::spin_unlock(&shared.lock);
      }
    });
}

/// A writer and n readers of one variable.
void readers(World& world, int n, int) {
  auto& x = world.create<Atomic>(0);
  world.task("writer", cpu_of(0), [&x] { x.store(42); });
  for (int i = 1; i <= n; ++i) world.task("reader", cpu_of(i), [&x] { (void)x.load(); });
}

/// n plain increments of the cells of an array by one task, and no step.
void plain_accesses(World& world, int n, int) {
  struct Cells {
    int cell[1024];
  };
  auto& cells = world.create<Cells>();
  world.task("writer", cpu_of(0), [&cells, n] {
    for (int i = 0; i < n; ++i) ++cells.cell[i % 1024];
  });
}

/// One task that executes n rounds of nothing: what plain_accesses costs without its accesses.
void no_accesses(World& world, int n, int) {
  world.task("idler", cpu_of(0), [n] {
    for (int i = 0; i < n; ++i) asm volatile("" ::: "memory");
  });
}

/// Two tasks; each writes every one of k variables of its own in turn, n times in all.
void many_objects(World& world, int n, int k) {
  struct Shared {
    Atomic at[4096];
  };
  auto& shared = world.create<Shared>();
  for (int task = 0; task < 2; ++task)
    world.task("writer", cpu_of(task), [&shared, task, n, k] {
      for (int i = 0; i < n; ++i) shared.at[2 * (i % k) + task].store(i);
    });
}

/// n tasks, all on as many CPUs as k says: who shares one is scheduled as well.
void shared_cpus(World& world, int n, int k) {
  auto& counter = world.create<Atomic>(0);
  for (int i = 0; i < n; ++i)
    world.task("adder", cpu_of(i % k), [&counter] {
      for (int round = 0; round < 4; ++round) counter.fetch_add(1);
    });
}

constexpr std::array<Program, 8> all = {{
    {"sb", store_buffering},
    {"inc", increments},
    {"mutex", locked_increments},
    {"readers", readers},
    {"plain", plain_accesses},
    {"nothing", no_accesses},
    {"objects", many_objects},
    {"cpus", shared_cpus},
}};

void run(void* stored) {
  const auto& workload = *static_cast<const Workload*>(stored);
  workload.program->body(World::of(sim::Machine::running()), workload.n, workload.k);
}

}  // namespace

std::span<const Program> programs() { return all; }

const Program* program(std::string_view name) {
  for (const Program& each : all)
    if (each.name == name) return &each;
  return counted_program(name);
}

sim::Callable Workload::set_up() const { return {&run, const_cast<Workload*>(this)}; }

}  // namespace heddle::bench
