// Searches of programs whose contexts need sets of more than one word.
#include <gtest/gtest.h>

#include "sim/kernel/atomic.hpp"
#include "sim/kernel/spinlock.hpp"
#include "tests/explore/agreement.hpp"

namespace heddle::tests {
namespace {

using namespace sim;
using namespace sim::kernel;

constexpr std::uint16_t tasks = 70;

struct Sum {
  spinlock_t lock = SPIN_LOCK_UNLOCKED("lock");
  atomic_t steps{0};
  int value = 0;
};

/// The first and the last ones add under a lock; whoever is between them does nothing.
void adders_far_apart(World& world) {
  Sum& sum = world.create<Sum>();
  for (std::uint16_t i = 0; i < tasks; ++i) {
    if (i != 0 && i < tasks - 2) {
      world.task("idle", Cpu{i}, [] {});
      continue;
    }
    world.task("adder", Cpu{i}, [&sum] {
      atomic_inc(&sum.steps);
      spin_lock(&sum.lock);
      ++sum.value;
      spin_unlock(&sum.lock);
    });
  }
}

TEST(ManyContexts, AreReducedAsFewAre) { expect_reductions_agree(tasks, &adders_far_apart); }

TEST(ManyContexts, HaveOneExecutionATrace) {
  Program program(tasks, &adders_far_apart);
  Dpor dpor(*std::pmr::new_delete_resource(), {Reduction::optimal, 200});
  const Counts counts = explore_all(program, dpor);
  EXPECT_EQ(counts.complete(), 36u) << "three increments and three sections, each in any order";
  EXPECT_EQ(counts.all(), counts.complete());
}

}  // namespace
}  // namespace heddle::tests
