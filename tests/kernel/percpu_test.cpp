// Per-CPU data: a copy for each CPU, and nothing between the copies.
#include "sim/kernel/percpu.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/preempt.hpp"
#include "tests/kernel/check.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::check;
using tests::check_task;
using tests::with_cpus;

TEST(PerCpu, EachCpuHasItsOwnZeroedCopy) {
  EXPECT_TRUE(check(with_cpus(2), [](World& world) {
                auto* counts = static_cast<int*>(alloc_percpu(sizeof(int), "counts"));
                for (std::uint16_t i = 0; i < 2; ++i)
                  world.task("user", Cpu{i}, [&world, counts, i] {
                    int* own = per_cpu_ptr(counts, smp_processor_id());
                    world.expect(*own == 0, "a copy begins as zero");
                    *own = i + 1;
                  });
                world.finally([&world, counts] {
                  world.expect(*per_cpu_ptr(counts, 0) == 1 && *per_cpu_ptr(counts, 1) == 2,
                               "each CPU wrote its own copy");
                  free_percpu(counts);
                });
              }).clean());
}

TEST(PerCpu, ToWriteBehindACopyIsOutOfBounds) {
  EXPECT_TRUE(check_task([] {
                auto* bytes = static_cast<char*>(alloc_percpu(8, "bytes"));
                per_cpu_ptr(bytes, 0)[8] = 1;
                free_percpu(bytes);
              }).found(FindingKind::out_of_bounds));
}

TEST(PerCpu, NoMemoryGivesNull) {
  MachineConfig config = with_cpus(1);
  config.allocation_faults.hard = 1;
  int nulls = 0;
  check(
      config,
      [&nulls](World& world) {
        world.task("user", Cpu{0}, [&nulls] {
          void* data = alloc_percpu(8, "data");
          if (data == nullptr) ++nulls;
          free_percpu(data);
        });
      },
      20);
  EXPECT_GT(nulls, 0);
}

}  // namespace
}  // namespace heddle::sim::kernel
