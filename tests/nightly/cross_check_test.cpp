// Reductions against the search of all executions, on thousands of random programs.
#include "tests/explore/cross_check.hpp"

#include <gtest/gtest.h>

namespace heddle::tests {
namespace {

class CrossCheckOfSeed : public testing::TestWithParam<std::uint64_t> {};

TEST_P(CrossCheckOfSeed, ReductionsReachAllTraces) { cross_check(GetParam(), 300, check_reach); }

TEST_P(CrossCheckOfSeed, ReductionsReachAllTracesWhereNobodySharesACpu) {
  cross_check(GetParam(), 300, check_reach, Programs::apart);
}

TEST_P(CrossCheckOfSeed, ReductionsMakeOneExecutionATrace) {
  cross_check(GetParam(), 300, check_reductions, Programs::apart);
}

TEST_P(CrossCheckOfSeed, BoundsHideNoTraceThatTheyAllow) {
  cross_check(GetParam(), 300, check_bounds);
  cross_check(GetParam(), 300, check_bounds, Programs::apart);
}

INSTANTIATE_TEST_SUITE_P(Nightly, CrossCheckOfSeed, testing::Range<std::uint64_t>(100, 110));

}  // namespace
}  // namespace heddle::tests
