// Reductions within a bound on preemptions, against the search of all executions.
#include <atomic>
#include <memory_resource>

#include <gtest/gtest.h>

#include "sim/explore/dpor.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/preempt.hpp"
#include "tests/explore/cross_check.hpp"
#include "tests/explore/program.hpp"

namespace heddle::tests {
namespace {

using sim::Cpu;
using sim::World;

/// A buffer whose consumers wait for a condition in a loop that spins.
struct Buffer {
  sim::kernel::mutex guard = sim::kernel::MUTEX_UNLOCKED("buffer");
  std::atomic<int> waiters{0};
  std::atomic<int> woken{0};
  std::atomic<int> items{0};

  void take() {
    sim::kernel::mutex_lock(&guard);
    while (items.load() == 0) {
      const int ticket = waiters.load() + 1;
      waiters.store(ticket);
      sim::kernel::mutex_unlock(&guard);
      while (woken.load() < ticket) sim::kernel::cpu_relax();
      sim::kernel::mutex_lock(&guard);
    }
    items.store(items.load() - 1);
    sim::kernel::mutex_unlock(&guard);
  }
  void put() {
    sim::kernel::mutex_lock(&guard);
    items.store(items.load() + 1);
    if (woken.load() < waiters.load()) woken.store(woken.load() + 1);
    sim::kernel::mutex_unlock(&guard);
  }
};

void producers_and_consumers(World& world) {
  auto& buffer = world.create<Buffer>();
  for (std::uint16_t i = 0; i < 2; ++i) {
    world.task("consumer", Cpu{i}, [&buffer] { buffer.take(); });
    world.task("producer", Cpu{static_cast<std::uint16_t>(i + 2)}, [&buffer] { buffer.put(); });
  }
}

TEST(Bounds, HideNoTraceThatTheyAllow) { cross_check(1, 60, check_bounds); }

TEST(Bounds, HideNoTraceThatTheyAllowWhereNobodySharesACpu) {
  cross_check(1, 100, check_bounds, Programs::apart);
}

/// Who waits for a value is not preempted by the one that writes it.
TEST(Bounds, TakeNoPreemptionWhereSomebodyAwaits) {
  using Kind = SmallOperation::Kind;
  using Around = SmallOperation::Around;
  constexpr SmallOperation load = {Kind::load, Around::nothing, 0, 0};
  const SmallProgram program = {{{0, {load, load, {Kind::add, Around::nothing, 0, 0}}},
                                 {0, {load, {Kind::await, Around::nothing, 0, 1}}}},
                                false,
                                0,
                                load,
                                sim::Preemption::full};
  bool checked = false;
  EXPECT_EQ(check_bounds(program, checked), "");
  EXPECT_TRUE(checked);
}

/// The values are chosen before the store that could keep the other task waiting.
TEST(Bounds, HideNoValueThatIsChosenWhereSomebodyAwaits) {
  using Kind = SmallOperation::Kind;
  using Around = SmallOperation::Around;
  constexpr SmallOperation load_0 = {Kind::load, Around::nothing, 0, 0};
  constexpr SmallOperation load_1 = {Kind::load, Around::nothing, 1, 0};
  const SmallProgram program = {
      {{0,
        {load_1, {Kind::add, Around::nothing, 1, 0}, {Kind::await_other, Around::nothing, 1, 2}}},
       {0, {load_0, load_0, {Kind::store_chosen, Around::nothing, 1, 0}}}},
      false,
      0,
      load_0,
      sim::Preemption::full};
  bool checked = false;
  EXPECT_EQ(check_bounds(program, checked), "");
  EXPECT_TRUE(checked);
}

// Which all executions cannot tell, as a loop that spins has endlessly many. Below a state where
// the bound has cut something, who sleeps must not cover what it is only independent of.
TEST(Bounds, OfAllReductionsLeaveTheSameTraces) {
  sim::MachineConfig config;
  config.cpus = 4;
  config.relaxing = sim::Relaxing::spins;
  for (const std::uint32_t bound : {0u, 2u}) {
    const auto complete = [&](sim::Reduction reduction) {
      Program program(config, &producers_and_consumers);
      sim::Dpor dpor(*std::pmr::new_delete_resource(), {reduction, 200, bound});
      return explore_all(program, dpor).complete();
    };
    const std::uint64_t traces = complete(sim::Reduction::sleep);
    EXPECT_EQ(complete(sim::Reduction::optimal), traces) << "within " << bound;
    EXPECT_EQ(complete(sim::Reduction::source), traces) << "within " << bound;
  }
}

}  // namespace
}  // namespace heddle::tests
