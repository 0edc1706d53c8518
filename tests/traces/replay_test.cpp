// Replay: a trace repeats its execution, and stops at the first choice that does not fit.
#include "traces/replay.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/traces/bodies.hpp"
#include "tests/traces/record.hpp"
#include "traces/format.hpp"

namespace heddle::tests {
namespace {

using sim::EventKind;
using sim::FindingKind;
using traces::Choice;
using traces::ReplayResult;
using traces::Trace;

/// What was recorded is written, read, replayed and found again.
template <class Body>
void expect_found_again(const sim::MachineConfig& config, FindingKind kind, Body&& body) {
  const auto recorded = record("test/body", config, kind, body);
  ASSERT_TRUE(recorded);
  const auto read = traces::from_text(traces::to_text(recorded->trace), "the trace");
  ASSERT_TRUE(read) << read.error();
  const Replayed replayed = replay(*read, body);
  EXPECT_EQ(replayed.result, ReplayResult::complete) << replayed.difference;
  EXPECT_EQ(replayed.difference, "");
  EXPECT_NE(std::find(replayed.fingerprints.begin(), replayed.fingerprints.end(),
                      read->finding->fingerprint),
            replayed.fingerprints.end());
}

TEST(Replay, FindsARaceAgain) {
  expect_found_again(racing_counter(2), FindingKind::data_race, lost_update);
}
TEST(Replay, FindsAFailedExpectationAgain) {
  expect_found_again(racing_counter(2), FindingKind::invariant, lost_update);
}
TEST(Replay, FindsADeadlockAgain) {
  expect_found_again(with_cpus(2), FindingKind::deadlock, crossed_locks);
}
TEST(Replay, FindsAUseAfterFreeAgain) {
  expect_found_again(racing_node(), FindingKind::use_after_free, early_free);
}
TEST(Replay, FindsARaceWithAnInterruptAgain) {
  expect_found_again(with_cpus(1), FindingKind::data_race, unmasked_update);
}
TEST(Replay, FindsWhatAChoiceOfTheWorkloadLedToAgain) {
  expect_found_again(with_cpus(1), FindingKind::invariant, chosen_adds);
}

// ---- differences --------------------------------------------------------------------------------

void expect_difference(const Trace& trace, void (*body)(World&), ReplayResult result,
                       const char* difference) {
  const Replayed replayed = replay(trace, body);
  EXPECT_EQ(replayed.result, result);
  EXPECT_EQ(replayed.difference, difference);
}

/// The deadlock of two tasks that take two locks: "up lock first, down lock second".
Trace deadlock() {
  const auto recorded = record("test/crossed_locks", with_cpus(2), FindingKind::deadlock,
                               crossed_locks, {"up", "down"});
  EXPECT_TRUE(recorded);
  return recorded ? recorded->trace : Trace{};
}

TEST(ReplayDifference, IsNoneForTheTraceItself) {
  const std::vector<Choice> choices = {
      {sim::Reason::schedule, 2, "up", EventKind::lock, "first", 0},
      {sim::Reason::schedule, 2, "down", EventKind::lock, "second", 0}};
  EXPECT_EQ(deadlock().choices, choices);
  expect_difference(deadlock(), crossed_locks, ReplayResult::complete, "");
}

TEST(ReplayDifference, AnotherOperation) {
  Trace trace = deadlock();
  trace.choices[1].object = "first";
  expect_difference(trace, crossed_locks, ReplayResult::diverged,
                    "expected down lock first at step 2 (choice 2 of 2), found down lock second");
  trace.choices[1] = {sim::Reason::schedule, 2, "down", EventKind::unlock, "second", 0};
  expect_difference(
      trace, crossed_locks, ReplayResult::diverged,
      "expected down unlock second at step 2 (choice 2 of 2), found down lock second");
}

TEST(ReplayDifference, NoSuchContext) {
  Trace trace = deadlock();
  trace.choices[1].context = "sideways";
  expect_difference(trace, crossed_locks, ReplayResult::diverged,
                    "expected sideways lock second at step 2 (choice 2 of 2), found no context of "
                    "that name; there is up lock second or down lock second");
}

TEST(ReplayDifference, AContextThatCannotStep) {
  Trace trace = deadlock();
  trace.choices[0].context = "boot";
  expect_difference(trace, crossed_locks, ReplayResult::diverged,
                    "expected boot lock first at step 1 (choice 1 of 2), found the context of that "
                    "name unable to step; there is up lock first or down lock second");
}

TEST(ReplayDifference, AnotherNumberOfWays) {
  Trace trace = deadlock();
  trace.choices[1].arity = 3;
  expect_difference(trace, crossed_locks, ReplayResult::diverged,
                    "expected down lock second as one of 3 who can step at step 2 (choice 2 of 2), "
                    "found a choice of up lock second or down lock second");
}

TEST(ReplayDifference, AnotherReason) {
  Trace trace = deadlock();
  trace.choices[0] = {sim::Reason::value, 3, "", EventKind::yield, "", 1};
  expect_difference(trace, crossed_locks, ReplayResult::diverged,
                    "expected the choice of value 1 of 3 at step 1 (choice 1 of 2), found a choice "
                    "of up lock first or down lock second");
  trace.choices[0].reason = sim::Reason::allocation;
  expect_difference(trace, chosen_adds, ReplayResult::diverged,
                    "expected the choice of allocation 1 of 3 at step 0 (choice 1 of 2), found a "
                    "choice of value among 3");
}

TEST(ReplayDifference, TheTraceIsTooShort) {
  Trace trace = deadlock();
  trace.choices.pop_back();
  expect_difference(trace, crossed_locks, ReplayResult::exhausted,
                    "expected the execution to end at step 2, after the 1 choices of the trace, "
                    "found a choice of up lock second or down lock second");
}

TEST(ReplayDifference, TheExecutionIsTooShort) {
  Trace trace = deadlock();
  trace.choices.push_back(trace.choices.back());
  expect_difference(trace, crossed_locks, ReplayResult::unused,
                    "expected down lock second at step 3 (choice 3 of 3), found the end of the "
                    "execution");
}

TEST(ReplayDifference, AfterItNothingIsChosen) {
  Trace trace = deadlock();
  trace.choices[0].object = "second";
  const Replayed replayed = replay(trace, crossed_locks);
  EXPECT_EQ(replayed.result, ReplayResult::diverged);
  EXPECT_TRUE(replayed.fingerprints.empty());
}

// ---- names --------------------------------------------------------------------------------------

TEST(ReplayNames, OneOfSeveralHasANumberAndALoneOneHasNone) {
  const auto several =
      record("test/lost_update", racing_counter(2), FindingKind::data_race, lost_update);
  ASSERT_TRUE(several);
  ASSERT_GE(several->recording.contexts.size(), 3u);
  EXPECT_EQ(several->recording.contexts[0].name, "boot");
  EXPECT_EQ(several->recording.contexts[1].name, "adder.1");
  EXPECT_EQ(several->recording.contexts[2].name, "adder.2");
  EXPECT_EQ(several->recording.contexts[3].name, "finally");
}

/// A task creates another of its own name when half of the choices are made.
void late_namesake(World& world) {
  auto& counter = world.variable<Counter>("counter");
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task(i == 0 ? "task" : "other", Cpu{i}, [&counter, &world, i] {
      counter.add();
      if (i == 0) world.task("task", Cpu{1}, [&counter] { counter.add(); }).join();
    });
}

TEST(ReplayNames, HoldThoughALaterTaskHasTheSame) {
  expect_found_again(racing_counter(2), FindingKind::data_race, late_namesake);
  const auto recorded =
      record("test/late", racing_counter(2), FindingKind::data_race, late_namesake);
  ASSERT_TRUE(recorded);
  for (const Choice& choice : recorded->trace.choices) {
    EXPECT_NE(choice.context, "task");
  }
}

}  // namespace
}  // namespace heddle::tests
