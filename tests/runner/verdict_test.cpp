// What a campaign's result means: nothing doubtful is ever called clean.
#include "scenarios/registry/verdict.hpp"

#include <gtest/gtest.h>

namespace heddle::tests {
namespace {

using namespace heddle::scenarios;

RunResult judged(const sim::CampaignResult& campaign,
                 StrategyKind strategy = StrategyKind::random) {
  RunRequest request;
  request.strategy = strategy;
  RunResult result;
  result.strategy = strategy;
  result.campaign = campaign;
  judge(result, request, {}, 2);
  return result;
}

sim::CampaignResult finished(std::uint64_t executions) {
  sim::CampaignResult campaign;
  campaign.counts.finished = executions;
  return campaign;
}

TEST(Verdict, IsCleanOnlyIfExecutionsFinished) {
  EXPECT_EQ(judged(finished(1)).verdict_text, "clean (1 execution, not exhaustive)");
  EXPECT_EQ(judged(finished(0)).verdict, Verdict::inconclusive);
}

TEST(Verdict, IsInconclusiveWhenSomethingWasNotSeenToItsEnd) {
  const auto expect_doubt = [](void (*spoil)(sim::CampaignResult&), std::string_view reason) {
    sim::CampaignResult campaign = finished(100);
    campaign.exhausted = true;
    spoil(campaign);
    for (const StrategyKind strategy : {StrategyKind::random, StrategyKind::dfs}) {
      const RunResult result = judged(campaign, strategy);
      EXPECT_EQ(result.verdict, Verdict::inconclusive);
      EXPECT_FALSE(result.exhaustive);
      EXPECT_NE(result.reason.find(reason), std::string::npos) << result.reason;
    }
  };
  expect_doubt([](sim::CampaignResult& c) { c.counts.stuck = 1; }, "stuck");
  expect_doubt([](sim::CampaignResult& c) { c.counts.bound_reached = 1; }, "bound");
  expect_doubt([](sim::CampaignResult& c) { c.interrupted = true; }, "interrupted");
  expect_doubt([](sim::CampaignResult& c) { c.gave_up = true; }, "given up");
  expect_doubt([](sim::CampaignResult& c) { c.internal_error = true; }, "bug of its own");
}

TEST(Verdict, OfASearchNeedsItToBeExhausted) {
  sim::CampaignResult campaign = finished(100);
  EXPECT_EQ(judged(campaign, StrategyKind::dfs).verdict, Verdict::inconclusive);
  campaign.exhausted = true;
  const RunResult result = judged(campaign, StrategyKind::dfs);
  EXPECT_EQ(result.verdict_text, "clean (exhaustive within 2 preemptions)");
  EXPECT_EQ(result.bounds.front(), (std::pair<std::string, std::uint64_t>("preemptions", 2)));
}

TEST(Verdict, IsFindingWhateverElseHappened) {
  sim::CampaignResult campaign = finished(100);
  campaign.findings.resize(2);
  campaign.interrupted = true;
  const RunResult result = judged(campaign);
  EXPECT_EQ(result.verdict, Verdict::finding);
  EXPECT_EQ(result.verdict_text, "finding (2 different bugs)");
}

}  // namespace
}  // namespace heddle::tests
