// The classics: sampling finds each bug within the budget, searching finds nothing in what is
// right. All seeds, and what takes long, are in tests/nightly.
#include "tests/support/classics.hpp"

namespace heddle::tests {
namespace {

using scenarios::StrategyKind;

class Buggy : public testing::TestWithParam<std::string> {};

TEST_P(Buggy, IsFoundByThePortfolio) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) expect_found(GetParam(), seed, false, 3'000);
}

INSTANTIATE_TEST_SUITE_P(Classics, Buggy, testing::ValuesIn(quick_buggy_classics()), test_name);

class Right : public testing::TestWithParam<std::string> {};

TEST_P(Right, IsCleanInEveryScheduleWithinTheBound) {
  RunRequest request = classic(GetParam());
  request.strategy = StrategyKind::ipb;
  request.preemptions = 1;
  const RunResult result = runner().run(request);
  EXPECT_EQ(result.verdict, scenarios::Verdict::clean) << result.verdict_text;
  EXPECT_TRUE(result.exhaustive) << result.verdict_text;
}

INSTANTIATE_TEST_SUITE_P(Classics, Right, testing::ValuesIn(small_right_classics()), test_name);

TEST(Portfolio, IsTheSameUnderAnyNumberOfJobs) {
  for (const char* name : {"classics/treiber", "classics/reorder_10", "canary/lost_update"}) {
    RunRequest request = classic(name);
    request.executions = 1'500;
    const RunResult one = runner().run(request);
    EXPECT_GT(one.campaign.coverage, 2u);
    EXPECT_FALSE(one.campaign.knowledge.empty());
    for (const std::uint32_t jobs : {2u, 5u}) {
      request.jobs = jobs;
      const RunResult many = runner().run(request);
      EXPECT_EQ(many.campaign.counts, one.campaign.counts);
      EXPECT_EQ(many.campaign.knowledge, one.campaign.knowledge);
      EXPECT_EQ(many.campaign.coverage, one.campaign.coverage);
      ASSERT_EQ(many.campaign.findings.size(), one.campaign.findings.size());
      for (std::size_t i = 0; i < one.campaign.findings.size(); ++i) {
        EXPECT_EQ(many.campaign.findings[i].first_index, one.campaign.findings[i].first_index);
        EXPECT_EQ(many.campaign.findings[i].count, one.campaign.findings[i].count);
        EXPECT_EQ(many.campaign.findings[i].report.trace, one.campaign.findings[i].report.trace);
      }
    }
  }
}

TEST(Portfolio, MakesOneExecutionAloneAsTheWholeCampaignDoes) {
  RunRequest request = classic("classics/treiber");
  request.executions = 3'000;
  const RunResult all = runner().run(request);
  ASSERT_EQ(all.campaign.findings.size(), 1u);
  const sim::Found& found = all.campaign.findings.front();
  request.only = found.first_index;
  request.executions = 0;
  const RunResult alone = runner().run(request);
  ASSERT_EQ(alone.campaign.findings.size(), 1u);
  EXPECT_EQ(alone.campaign.findings.front().report.trace, found.report.trace);
}

TEST(IterativePreemptionBounding, FindsWithAsFewPreemptionsAsAny) {
  // Two preemptions are needed: a search with at most one finds nothing.
  RunRequest request = classic("classics/treiber");
  request.strategy = StrategyKind::ipb;
  request.preemptions = 0;
  EXPECT_TRUE(runner().run(request).exhaustive);
  request.preemptions = 5;
  request.enough = [](const sim::Report&) { return true; };
  const RunResult found = runner().run(request);
  ASSERT_EQ(found.verdict, scenarios::Verdict::finding);
  EXPECT_LT(found.campaign.counts.all(), 5'000u);
}

TEST(IterativePreemptionBounding, EndsWhenItsBoundCutsNothing) {
  RunRequest request = classic("classics/lazy01_fixed");
  request.strategy = StrategyKind::ipb;
  request.preemptions = 60;
  const RunResult bounded = runner().run(request);
  EXPECT_TRUE(bounded.exhaustive);
  request.strategy = StrategyKind::dfs;
  request.preemptions = sim::no_preemption_bound;
  const RunResult all = runner().run(request);
  EXPECT_TRUE(all.exhaustive);
  EXPECT_GE(bounded.campaign.counts.all(), all.campaign.counts.all());
  EXPECT_LT(bounded.campaign.counts.all(), 30 * all.campaign.counts.all());
}

}  // namespace
}  // namespace heddle::tests
