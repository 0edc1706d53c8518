// GoogleTest over explored schedules.
//
//   TEST(Counter, IsRight) { EXPECT_CLEAN(heddle::explore("counter/locked")); }
//   TEST(Counter, LosesUpdates) {
//     EXPECT_FINDS(heddle::explore("counter/plain"), FindingKind::data_race);
//   }
//
// The message of a failure ends with a trace and the command that replays it. With RapidCheck:
// heddle/rapidcheck.hpp.
//
// A program whose scenarios are its own links heddle::testing_main instead of gtest_main; then it
// can replay their traces itself.
#pragma once

#include <gtest/gtest.h>

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
