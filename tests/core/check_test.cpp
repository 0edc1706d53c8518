// A broken invariant of heddle ends the process with exit code 70 and a sentence.
#include "sim/core/check.hpp"

#include <cerrno>
#include <cstdio>

#include <gtest/gtest.h>

namespace heddle::sim {
namespace {

TEST(CheckDeathTest, ABrokenInvariantExitsWith70AndSaysWhatMustHold) {
  EXPECT_EXIT(HEDDLE_CHECK(1 + 1 == 3, "sums are right"), testing::ExitedWithCode(exit_our_bug),
              "internal error: sums are right(.|\n)*core/check_test.cpp:[0-9]+: 1 \\+ 1 == 3");
}

TEST(CheckDeathTest, WhatRanIsPrintedToo) {
  set_check_context([] { std::fputs("  in the middle of a test\n", stderr); });
  EXPECT_EXIT(HEDDLE_CHECK(false, "this holds"), testing::ExitedWithCode(70), "middle of a test");
  set_check_context(nullptr);
}

TEST(CheckDeathTest, WhatTheSystemRefusesIsNoBugOfOurs) {
  errno = ENOMEM;
  EXPECT_EXIT(refused_by_system("no room; make some"), testing::ExitedWithCode(2),
              "^heddle: no room; make some: .*memory");
}

TEST(Check, AnInvariantThatHoldsDoesNothingAndIsEvaluatedOnce) {
  int evaluated = 0;
  HEDDLE_CHECK(++evaluated == 1, "conditions are evaluated once");
  EXPECT_EQ(evaluated, 1);
}

}  // namespace
}  // namespace heddle::sim
