// Searches that compare states: how much they spare, that they end where executions do not, and
// what they cannot compare.
#include <atomic>
#include <memory_resource>

#include <gtest/gtest.h>

#include "bench/programs.hpp"
#include "checkers/assertion.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/kernel/bug.hpp"
#include "tests/explore/program.hpp"

namespace heddle::tests {
namespace {

using sim::Cpu;
using sim::World;

struct Explored {
  sim::Counts counts;
  std::uint64_t states = 0;
  friend bool operator==(const Explored&, const Explored&) = default;
};

Explored explore(Program program, bool match_states) {
  const sim::StayOrder order;
  sim::DepthFirstSearch search(*std::pmr::new_delete_resource(), order,
                               {sim::no_preemption_bound, 10'000, match_states});
  const sim::Counts counts = explore_all(program, search, {}, 100'000);
  EXPECT_FALSE(search.has_next());
  EXPECT_FALSE(search.diverged());
  return {counts, search.states()};
}

/// Under AddressSanitizer states are not compared.
class States : public testing::Test {
 protected:
  void SetUp() override {
    if (!sim::has_snapshots) GTEST_SKIP() << "stacks cannot be compared here";
  }
};

TEST_F(States, OfCountersAreThoseOfHowFarEachTaskIs) {
  // All but the last one, in which nobody chooses. What a compiler leaves in registers may tell
  // some more apart.
  const Explored increments = explore({3, bench::increments<3, 3>}, true);
  EXPECT_GE(increments.states, 4u * 4 * 4 - 1);
  EXPECT_LT(increments.states, 100u);
  EXPECT_LT(increments.counts.all(), 200u) << "1,680 orders";
  const Explored once = explore({8, bench::increments<8, 1>}, true);
  EXPECT_GE(once.states, 256u - 1);
  EXPECT_LT(once.states, 300u);
}

TEST_F(States, OfTasksUnderALockAreFewerThanTheirOrders) {
  const Explored locked = explore({3, bench::locked_increments<3, 3>}, true);
  EXPECT_LT(locked.counts.all(), 1'680u);
  EXPECT_EQ(locked.counts.complete() + locked.counts.blocked, locked.counts.all());
}

void spin_until_told(World& world) {
  auto& told = world.create<std::atomic<bool>>(false);
  world.task("waits", Cpu{0}, [&told] {
    while (!told.load()) {
    }
  });
  world.task("tells", Cpu{1}, [&told] { told.store(true); });
}

TEST_F(States, EndASearchOfExecutionsThatNeedNotEnd) {
  sim::MachineConfig config = with_cpus(2);
  config.limits.steps_max = 100;
  EXPECT_NE(explore({config, spin_until_told}, false).counts.bound_reached, 0u);
  const Explored compared = explore({config, spin_until_told}, true);
  EXPECT_EQ(compared.counts.bound_reached, 0u);
  EXPECT_NE(compared.counts.finished, 0u);
}

/// What it counts in is no part of a state.
std::uint64_t executions_begun = 0;

void leave_the_arena(World& world) {
  ++executions_begun;
  bench::increments<2, 3>(world);
}

TEST_F(States, AreNotComparedOnceSomethingElseWasWrittenTo) {
  const Explored compared = explore({2, leave_the_arena}, true);
  EXPECT_EQ(compared.counts, explore({2, bench::increments<2, 3>}, false).counts);
  EXPECT_EQ(compared.states, 0u);
}

TEST_F(States, AreTheSameWithoutSavedStatesOfExecutions) {
  const Explored with = explore({3, bench::locked_increments<3, 2>}, true);
  machine().use_snapshots(false);
  const Explored without = explore({3, bench::locked_increments<3, 2>}, true);
  machine().use_snapshots(true);
  EXPECT_EQ(with, without);
}

/// Only after both have added, in one order, does the last one look at what it must not find.
void assert_rare(World& world) {
  auto& x = world.create<std::atomic<int>>(1);
  world.task("adds", Cpu{0}, [&x] { x.store(x.load() + 3); });
  world.task("doubles", Cpu{1}, [&x] { x.store(x.load() * 2); });
  world.task("looks", Cpu{2}, [&x] { sim::kernel::BUG_ON(x.load() == 8, "it is not eight"); });
}

TEST_F(States, HoldWhatAnAssertionIsAbout) {
  checkers::AssertionChecker assertions;
  machine().attach(assertions);
  const Explored all = explore({3, assert_rare}, false);
  const Explored compared = explore({3, assert_rare}, true);
  machine().detach_all();
  EXPECT_NE(all.counts.stopped, 0u);
  EXPECT_NE(compared.counts.stopped, 0u);
  EXPECT_LT(compared.counts.all(), all.counts.all());
}

}  // namespace
}  // namespace heddle::tests
