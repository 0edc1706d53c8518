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

void expect_reached(const SmallProgram& program) {
  bool checked = false;
  EXPECT_EQ(check_reach(program, checked), "");
  EXPECT_TRUE(checked);
}

// Steps whose outcome cannot be foreseen make an execution redundant now and then, where contexts
// share a CPU.
TEST(CrossCheck, ReductionsMakeOneExecutionATrace) {
  for (const std::uint64_t seed : {1, 2}) cross_check(seed, 300, check_reductions, Programs::apart);
}

TEST(CrossCheck, ReductionsReachAllTraces) {
  for (const std::uint64_t seed : {1, 2}) cross_check(seed, 200, check_reach);
}

TEST(CrossCheck, ReductionsReachAllTracesWhereNobodySharesACpu) {
  cross_check(1, 300, check_reach, Programs::apart);
}

TEST(CrossCheck, ReductionsReachAllTracesOfTasksThatMove) {
  cross_check(1, 50, check_reach, Programs::moving);
}

TEST(CrossCheck, ComparingStatesLosesNoResult) {
  for (const std::uint64_t seed : {1, 2}) cross_check(seed, 200, check_states);
}

TEST(CrossCheck, ATaskAndAHandlerThatBothCreateTasks) {
  expect_reached({{{1, {load_0}}, {1, {{Kind::start, Around::nothing, 0, 0}}}},
                  true,
                  0,
                  {Kind::start, Around::both_locks_swapped, 1, 0},
                  sim::Preemption::full});
}

// Programs that were found wrong once.

TEST(CrossCheck, LocksOfTasksThatShareACpuWithAnEarlyEnd) {
  expect_reached(
      {{{0, {load_0, {Kind::load, Around::other_lock, 0, 0}}},
        {0, {{Kind::store, Around::nothing, 0, 0}, {Kind::load, Around::other_lock, 0, 0}}},
        {1, {{Kind::load, Around::other_lock, 0, 0}, {Kind::stop_if, Around::nothing, 0, 0}}}},
       false,
       0,
       load_0,
       sim::Preemption::full});
}

TEST(CrossCheck, AChoiceBeforeTheFirstStepIsTheSetUps) {
  expect_right({{{0, {{Kind::store_chosen, Around::nothing, 0, 0}}}, {0, {load_0}}},
                false,
                0,
                load_0,
                sim::Preemption::full});
}

// It ends in a step of which it is not known what it did to the variable that is awaited.
TEST(CrossCheck, WhoAwaitsWhileTheExecutionIsStopped) {
  expect_reached({{{1, {load_0, {Kind::await_other, Around::nothing, 0, 1}}},
                   {1, {load_0, {Kind::stop_if, Around::both_locks, 0, 0}}}},
                  false,
                  0,
                  load_0,
                  sim::Preemption::full});
}

// At the end somebody keeps it from its CPU; in another order it would have found the lock held.
TEST(CrossCheck, WhoTriesALockWhileTheExecutionIsStopped) {
  expect_reached({{{1, {load_0, {Kind::load, Around::both_locks, 0, 0}}},
                   {0, {load_0, {Kind::stop_if, Around::lock, 0, 0}}},
                   {0, {{Kind::load, Around::try_lock, 0, 0}}}},
                  false,
                  0,
                  load_0,
                  sim::Preemption::full});
}

// It only ends where it finds the lock held, and only then the interrupt depends on it.
TEST(CrossCheck, WhoEndsByATryThatFails) {
  expect_reached({{{0, {load_0}},
                   {2, {{Kind::load, Around::try_lock, 0, 0}}},
                   {0, {{Kind::start, Around::both_locks, 0, 0}, load_0}}},
                  true,
                  1,
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

// Where the last step of an execution that a finding cut short is not known, it may be one that
// keeps others off its CPU.
TEST(CrossCheck, APendingLockMayKeepOthersOffItsCpu) {
  expect_reached(
      {{{0, {load_0}},
        {0, {load_0, {Kind::load, Around::lock, 0, 0}}},
        {1, {{Kind::load, Around::both_locks, 0, 0}, {Kind::stop_if, Around::nothing, 0, 0}}}},
       false,
       0,
       load_0,
       sim::Preemption::full});
}

// All its traces are reached, but one is executed twice.
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

TEST(CrossCheck, ATryLockBesideATaskOfItsCpu) {
  expect_reached(
      {{{1, {{Kind::load, Around::both_locks, 0, 0}}},
        {0, {load_0, load_0}},
        {0, {{Kind::store, Around::nothing, 0, 0}, {Kind::load, Around::try_lock, 0, 0}}}},
       false,
       0,
       load_0,
       sim::Preemption::full});
}

// A task keeps its CPU from the step on with which another creates a task there.
TEST(CrossCheck, ATaskIsCreatedWhereAnotherKeepsTheCpu) {
  expect_reached({{{0, {load_0, load_0}},
                   {0, {{Kind::start, Around::nothing, 1, 0}}},
                   {1, {load_0, {Kind::store, Around::nothing, 0, 0}}}},
                  false,
                  0,
                  load_0,
                  sim::Preemption::voluntary});
}

// What a handler finds on its CPU depends on who is created there meanwhile.
TEST(CrossCheck, ATaskIsCreatedUnderAHandlerThatLocks) {
  expect_reached({{{0, {{Kind::start, Around::nothing, 1, 0}}}, {0, {load_0}}},
                  true,
                  1,
                  {Kind::load, Around::both_locks, 0, 0},
                  sim::Preemption::full});
}

// Somebody sleeps where a wakeup sequence ends.
TEST(CrossCheck, TheLastStepsOfTasksThatShareACpu) {
  expect_reached(
      {{{0, {{Kind::add, Around::nothing, 1, 0}, {Kind::load, Around::nothing, 1, 0}}},
        {0, {load_0}},
        {0, {{Kind::store, Around::nothing, 1, 0}, {Kind::load, Around::nothing, 1, 0}}}},
       false,
       0,
       load_0,
       sim::Preemption::full});
}

// Of a redundant execution, who is kept off its CPU at the end has races still.
TEST(CrossCheck, WhoIsKeptOffInARedundantExecution) {
  expect_reached({{{0, {{Kind::load, Around::try_lock, 0, 0}}},
                   {1, {{Kind::load, Around::both_locks_swapped, 0, 0}}},
                   {0, {load_0, {Kind::load, Around::other_lock, 0, 0}}}},
                  false,
                  0,
                  load_0,
                  sim::Preemption::full});
}

// A wakeup sequence has the steps after its race as well, such as an interrupt that lands anywhere.
TEST(CrossCheck, AnInterruptBesideALockOfASharedCpu) {
  expect_reached({{{1, {{Kind::load, Around::other_lock, 0, 0}, load_0}},
                   {0, {load_0, {Kind::load, Around::other_lock, 0, 0}}},
                   {0, {load_0}}},
                  true,
                  2,
                  {Kind::store_if, Around::nothing, 0, 0},
                  sim::Preemption::full});
}

}  // namespace
}  // namespace heddle::tests
