#include "bench/counted.hpp"

#include <array>
#include <atomic>
#include <cstdint>

#include "sim/kernel/cond_load.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/spinlock.hpp"

namespace heddle::bench {
namespace {

using sim::Cpu;
using sim::World;
using sim::kernel::spinlock_t;

constexpr int tasks_max = 24;

Cpu cpu_of(int task) { return Cpu{static_cast<std::uint16_t>(task)}; }

using Atomic = std::atomic<int>;
struct Atomics {
  Atomic at[128];
};

void store_buffering(World& world, int, int) {
  auto& memory = world.create<Atomics>();
  for (int i = 0; i < 2; ++i)
    world.task("task", cpu_of(i), [&memory, i] {
      memory.at[i].store(1);
      (void)memory.at[1 - i].load();
    });
}

void increments(World& world, int n, int k) {
  auto& x = world.create<Atomic>(0);
  for (int i = 0; i < n; ++i)
    world.task("adder", cpu_of(i), [&x, k] {
      for (int round = 0; round < k; ++round) x.fetch_add(1);
    });
  world.finally([&world, &x, n, k] { world.expect(x.load() == n * k, "no increment is lost"); });
}

void split_increments(World& world, int n, int) {
  auto& x = world.create<Atomic>(0);
  for (int i = 0; i < n; ++i)
    world.task("adder", cpu_of(i), [&x] {
      const int before = x.load();
      x.store(before + 1);
    });
}

void readers(World& world, int n, int) {
  auto& x = world.create<Atomic>(0);
  world.task("writer", cpu_of(0), [&x] { x.store(42); });
  for (int i = 1; i <= n; ++i) world.task("reader", cpu_of(i), [&x] { (void)x.load(); });
}

void last_zero(World& world, int n, int) {
  auto& memory = world.create<Atomics>();
  world.task("searcher", cpu_of(0), [&memory, n] {
    int i = n;
    while (memory.at[i].load() != 0) --i;
  });
  for (int j = 1; j <= n; ++j)
    world.task("writer", cpu_of(j),
               [&memory, j] { memory.at[j].store(memory.at[j - 1].load() + 1); });
}

void indexer(World& world, int n, int) {
  auto& table = world.create<Atomics>();
  for (int t = 0; t < n; ++t)
    world.task("indexer", cpu_of(t), [&table, t] {
      for (int m = 0; m < 4;) {
        const int word = ++m * 11 + t;
        for (int h = word * 7 % 128;; h = (h + 1) % 128) {
          int expected = 0;
          if (table.at[h].compare_exchange_strong(expected, word)) break;
        }
      }
    });
}

void file_system(World& world, int n, int) {
  struct Disk {
    spinlock_t inode_lock[32];
    spinlock_t block_lock[26];
    int inode[32];
    int busy[26];
  };
  auto& disk = world.create<Disk>();
  for (spinlock_t& lock : disk.inode_lock) lock = sim::kernel::SPIN_LOCK_UNLOCKED("inode");
  for (spinlock_t& lock : disk.block_lock) lock = sim::kernel::SPIN_LOCK_UNLOCKED("block");
  for (int t = 0; t < n; ++t)
    world.task("creator", cpu_of(t), [&disk, t] {
      const int i = t % 32;
      spin_lock(&disk.inode_lock[i]);
      if (disk.inode[i] == 0) {
        for (int b = i * 2 % 26;; b = (b + 1) % 26) {
          spin_lock(&disk.block_lock[b]);
          if (disk.busy[b] == 0) {
            disk.busy[b] = 1;
            disk.inode[i] = b + 1;
            spin_unlock(&disk.block_lock[b]);
            break;
          }
          spin_unlock(&disk.block_lock[b]);
        }
      }
      spin_unlock(&disk.inode_lock[i]);
    });
}

void rotating_swaps(World& world, int n, int) {
  auto& x = world.create<Atomic>(0);
  for (int i = 1; i <= n; ++i)
    world.task("swapper", cpu_of(i - 1), [&x, i] {
      int expected = i - 1;
      x.compare_exchange_strong(expected, i);
    });
}

void swaps_and_stores(World& world, int n, int) {
  auto& x = world.create<Atomic>(0);
  for (int i = 0; i < n; ++i)
    world.task("swapper", cpu_of(i), [&x, i] {
      int expected = 0;
      x.compare_exchange_strong(expected, 1);
      x.store(i + 3);
    });
}

void locked_increments(World& world, int n, int k) {
  struct Shared {
    spinlock_t lock = sim::kernel::SPIN_LOCK_UNLOCKED("counter");
    int counter = 0;
  };
  auto& shared = world.create<Shared>();
  for (int i = 0; i < n; ++i)
    world.task("adder", cpu_of(i), [&shared, k] {
      for (int round = 0; round < k; ++round) {
        spin_lock(&shared.lock);
        ++shared.counter;
        spin_unlock(&shared.lock);
      }
    });
  world.finally(
      [&world, &shared, n, k] { world.expect(shared.counter == n * k, "no increment is lost"); });
}

void exchange_lock(World& world, int n, int k) {
  auto& lock = world.create<Atomic>(0);
  for (int i = 0; i < n; ++i)
    world.task("spinner", cpu_of(i), [&lock, k] {
      for (int round = 0; round < k; ++round) {
        while (lock.exchange(1) != 0) sim::kernel::cpu_relax();
        lock.store(0);
      }
    });
}

void ticket_lock(World& world, int n, int) {
  struct Shared {
    Atomic next{0};
    int owner = 0;
    int holders = 0;
  };
  auto& shared = world.create<Shared>();
  for (int i = 0; i < n; ++i)
    world.task("holder", cpu_of(i), [&shared] {
      const int mine = shared.next.fetch_add(1);
      sim::kernel::smp_cond_load_acquire(&shared.owner, sim::kernel::val_is(mine));
      ++shared.holders;
      sim::kernel::smp_store_release(&shared.owner, mine + 1);
    });
}

/// Tasks that do much else before each of their k accesses.
void computing_increments(World& world, int n, int k) {
  auto& x = world.create<Atomic>(0);
  for (int i = 0; i < n; ++i)
    world.task("computer", cpu_of(i), [&x, i, k] {
      auto state = static_cast<std::uint32_t>(i + 1);
      for (int access = 0; access < k; ++access) {
        for (int round = 0; round < 10'000; ++round) {  // Marsaglia's xorshift
          state ^= state << 13;
          state ^= state >> 17;
          state ^= state << 5;
        }
        x.fetch_add(static_cast<int>(state & 1));
      }
    });
}

void fibonacci(World& world, int n, int) {
  auto& memory = world.create<Atomics>();
  memory.at[0] = memory.at[1] = 1;
  for (int t = 0; t < 2; ++t)
    world.task("adder", cpu_of(t), [&memory, t, n] {
      for (int i = 0; i < n; ++i) {
        const int a = memory.at[t].load();
        const int b = memory.at[1 - t].load();
        memory.at[t].store(a + b);
      }
    });
}

constexpr std::array<CountedProgram, 15> programs = {{
    {"sb", store_buffering},
    {"inc", increments},
    {"ainc", increments},
    {"ninc", split_increments},
    {"readers", readers},
    {"lastzero", last_zero},
    {"indexer", indexer},
    {"filesystem", file_system},
    {"casrot", rotating_swaps},
    {"casw", swaps_and_stores},
    {"mutex", locked_increments},
    {"spin", exchange_lock},
    {"ticket", ticket_lock},
    {"fib_bench", fibonacci},
    {"compute", computing_increments},
}};

}  // namespace

std::span<const CountedProgram> counted_programs() { return programs; }

const CountedProgram* counted_program(std::string_view name) {
  for (const CountedProgram& program : programs)
    if (program.name == name) return &program;
  return nullptr;
}

sim::Outcome CountedExecution::run(sim::Chooser& chooser, sim::ChoiceLog log) {
  sim::MachineConfig config;
  config.cpus = tasks_max;
  config.relaxing = sim::Relaxing::spins;
  machine_.configure(config);
  const sim::Callable setup{[](void* stored) {
                              const auto& self = *static_cast<CountedExecution*>(stored);
                              self.program_.body(World::of(sim::Machine::running()), self.n_,
                                                 self.k_);
                            },
                            this};
  return machine_.run(setup, chooser, log);
}

}  // namespace heddle::bench
