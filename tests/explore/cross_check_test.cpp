// Reductions against the search of all executions.
#include "tests/explore/cross_check.hpp"

#include <gtest/gtest.h>

namespace heddle::tests {
namespace {

using Kind = SmallOperation::Kind;
using Around = SmallOperation::Around;

constexpr SmallOperation load_0{Kind::load, Around::nothing, 0, 0};

void expect_right(const SmallProgram& program) {
  bool checked = false;
  EXPECT_EQ(check_reductions(program, checked), "");
  EXPECT_TRUE(checked);
}

TEST(CrossCheck, ReductionsReachWhatAllExecutionsReach) { cross_check(2026, 80); }

// Programs that were found wrong once.

TEST(CrossCheck, AChoiceBeforeTheFirstStepIsTheSetUps) {
  expect_right({{{0, {{Kind::store_chosen, Around::nothing, 0, 0}}}, {0, {load_0}}},
                false,
                0,
                load_0,
                sim::Preemption::full});
}

TEST(CrossCheck, ALockThatIsSpunOnMayBeFreeInAnotherOrder) {
  expect_right({{{0, {{Kind::store, Around::other_lock, 1, 0}}},
                 {1, {{Kind::load, Around::nothing, 1, 0}}},
                 {1, {{Kind::load, Around::other_lock, 0, 0}}}},
                false,
                0,
                load_0,
                sim::Preemption::full});
}

// Sound, but two of its traces are executed twice.
TEST(CrossCheck, ATryLockOnASharedCpuIsSound) {
  const SmallProgram program{{{0, {load_0}},
                              {0, {load_0, load_0, {Kind::load, Around::try_lock, 0, 0}}},
                              {1, {load_0, {Kind::load, Around::lock, 0, 0}}}},
                             true,
                             2,
                             load_0,
                             sim::Preemption::full};
  const auto all = explore_small(program, sim::Reduction::none);
  const auto optimal = explore_small(program, sim::Reduction::optimal);
  ASSERT_TRUE(all && optimal);
  EXPECT_EQ(all->results, optimal->results);
  EXPECT_EQ(all->traces, optimal->traces);
}

}  // namespace
}  // namespace heddle::tests
