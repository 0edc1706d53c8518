// The classics in full: every bug with twenty seeds, and what is right within two preemptions.
#include "tests/support/classics.hpp"

namespace heddle::tests {
namespace {

constexpr std::uint64_t seeds = 20;

class EveryBug : public testing::TestWithParam<std::string> {};

TEST_P(EveryBug, IsFoundWithEverySeed) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) expect_found(GetParam(), seed, false);
}

INSTANTIATE_TEST_SUITE_P(Classics, EveryBug, testing::ValuesIn(quick_buggy_classics()), test_name);

/// A minute of one core. The mean is a million.
constexpr std::uint64_t safestack_budget = 4'500'000;

class SafeStack : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SafeStack, IsFoundWithinItsBudget) {
  expect_found("classics/safestack", GetParam(), true, safestack_budget);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SafeStack, testing::Range(std::uint64_t{1}, seeds + 1));

class EveryRight : public testing::TestWithParam<std::string> {};

TEST_P(EveryRight, IsCleanInManySchedules) {
  RunRequest request = classic(GetParam());
  request.executions = 200'000;
  EXPECT_EQ(runner().run(request).verdict, scenarios::Verdict::clean);
}

INSTANTIATE_TEST_SUITE_P(Classics, EveryRight, testing::ValuesIn(right_classics()), test_name);

class SmallRight : public testing::TestWithParam<std::string> {};

TEST_P(SmallRight, IsCleanInEveryScheduleWithinTwoPreemptions) {
  RunRequest request = classic(GetParam());
  request.strategy = scenarios::StrategyKind::dfs;
  request.preemptions = 2;
  const RunResult result = runner().run(request);
  EXPECT_EQ(result.verdict, scenarios::Verdict::clean) << result.verdict_text;
  EXPECT_TRUE(result.exhaustive) << result.verdict_text;
}

INSTANTIATE_TEST_SUITE_P(Classics, SmallRight, testing::ValuesIn(small_right_classics()),
                         test_name);

}  // namespace
}  // namespace heddle::tests
