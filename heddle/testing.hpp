// GoogleTest and RapidCheck over explored schedules.
//
//   TEST(Counter, IsRight) { EXPECT_CLEAN(heddle::explore("counter/locked")); }
//   TEST(Counter, LosesUpdates) {
//     EXPECT_FINDS(heddle::explore("counter/plain"), FindingKind::data_race);
//   }
//   RC_GTEST_PROP(Counter, IsRightUnderAnyWorkload, (const Work& work)) {
//     RC_HEDDLE_CLEAN(heddle::explore("counter/property", work, {.executions = 500}));
//   }
//
// When the property fails, RapidCheck makes the workload smaller, each candidate explored, and the
// message ends with the trace of the smallest one and the command that replays it.
//
// A program whose scenarios are its own links heddle_testing_main instead of gtest_main; then it
// can replay their traces itself.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "heddle/explore.hpp"
#include "sim/core/finding.hpp"

namespace heddle {

inline ::testing::AssertionResult is_clean(const Exploration& exploration) {
  if (exploration.clean()) return ::testing::AssertionSuccess() << exploration.text();
  return ::testing::AssertionFailure() << exploration.text();
}

inline ::testing::AssertionResult finds(const Exploration& exploration, sim::FindingKind kind) {
  if (exploration.found(kind)) return ::testing::AssertionSuccess() << exploration.text();
  return ::testing::AssertionFailure() << "expected " << sim::word(kind) << ", which did not come\n"
                                       << exploration.text();
}

}  // namespace heddle

// Variadic, as options in braces have commas.
#define EXPECT_CLEAN(...) EXPECT_TRUE(::heddle::is_clean(__VA_ARGS__))
#define ASSERT_CLEAN(...) ASSERT_TRUE(::heddle::is_clean(__VA_ARGS__))
#define EXPECT_FINDS(...) EXPECT_TRUE(::heddle::finds(__VA_ARGS__))
#define ASSERT_FINDS(...) ASSERT_TRUE(::heddle::finds(__VA_ARGS__))

/// Within a property of RapidCheck.
#define RC_HEDDLE_CLEAN(...)                                             \
  do {                                                                   \
    const ::heddle::Exploration heddle_exploration = (__VA_ARGS__);      \
    if (!heddle_exploration.clean()) RC_FAIL(heddle_exploration.text()); \
  } while (false)
