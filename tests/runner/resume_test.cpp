// A verification that is interrupted, anywhere, and gone on with ends as one that is not.
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/runner.hpp"

namespace heddle::tests {
namespace {

using namespace heddle::scenarios;

RunRequest request(const char* scenario, sim::Reduction reduction) {
  RunRequest request;
  request.variant = {find_scenario(scenario), 0, "", {}};
  request.strategy = StrategyKind::dfs;
  request.reduction = reduction;
  request.preemptions = sim::no_preemption_bound;
  return request;
}

/// All of a result that must not depend on how often it was interrupted.
std::string told(const RunResult& result) {
  const sim::CampaignResult& campaign = result.campaign;
  const sim::Counts& counts = campaign.counts;
  std::string text = result.verdict_text + ' ' + std::to_string(counts.finished) + ' ' +
                     std::to_string(counts.stuck) + ' ' + std::to_string(counts.stopped) + ' ' +
                     std::to_string(counts.blocked) + ' ' + std::to_string(campaign.depth) + ' ' +
                     std::to_string(campaign.share_done) + '\n';
  for (const sim::Found& found : campaign.findings)
    text += found.report.fingerprint + ' ' + std::to_string(found.first_index) + ' ' +
            std::to_string(found.count) + '\n' + found.report.trace;
  return text;
}

class Resuming : public testing::TestWithParam<std::tuple<const char*, sim::Reduction>> {
 protected:
  static RunRequest base() { return request(std::get<0>(GetParam()), std::get<1>(GetParam())); }
};

TEST_P(Resuming, EndsAsAnUninterruptedVerification) {
  const RunResult whole = runner().run(base());
  ASSERT_TRUE(whole.campaign.exhausted);
  const std::uint64_t executions = whole.campaign.counts.all();
  ASSERT_GT(executions, 20u);
  for (const std::uint64_t step : {executions / 2, executions / 5 + 1}) {
    std::string checkpoint;
    for (std::uint64_t until = step;; until += step) {
      RunRequest part = base();
      part.executions = until;
      part.checkpoint = checkpoint;
      part.on_checkpoint = [&](std::string_view bytes) { checkpoint = bytes; };
      const RunResult result = runner().run(part);
      ASSERT_FALSE(result.campaign.unreadable);
      if (result.campaign.exhausted) {
        EXPECT_EQ(told(result), told(whole));
        break;
      }
      ASSERT_EQ(result.campaign.counts.all(), until);
    }
  }
}

TEST_P(Resuming, GoesOnFromAnyCheckpointOfARunningOne) {
  std::vector<std::string> checkpoints;
  RunRequest often = base();
  often.checkpoint_s = 1e-9;
  often.on_checkpoint = [&](std::string_view bytes) { checkpoints.emplace_back(bytes); };
  const std::string whole = told(runner().run(often));
  ASSERT_FALSE(checkpoints.empty());
  const std::size_t stride = 1 + checkpoints.size() / 4;
  for (std::size_t i = 0; i < checkpoints.size(); i += stride) {
    RunRequest rest = base();
    rest.checkpoint = checkpoints[i];
    EXPECT_EQ(told(runner().run(rest)), whole);
  }
}

TEST_P(Resuming, SeveralProcessesComeToTheSame) {
  const std::string whole = told(runner().run(base()));
  for (const std::uint32_t jobs : {2, 3}) {
    std::vector<std::string> checkpoints;
    RunRequest split = base();
    split.jobs = jobs;
    split.split = true;
    split.checkpoint_s = 1e-9;
    split.on_checkpoint = [&](std::string_view bytes) { checkpoints.emplace_back(bytes); };
    EXPECT_EQ(told(runner().run(split)), whole) << jobs;
    ASSERT_FALSE(checkpoints.empty());
    RunRequest rest = split;
    rest.checkpoint = checkpoints[checkpoints.size() / 2];
    rest.on_checkpoint = nullptr;
    EXPECT_EQ(told(runner().run(rest)), whole) << jobs;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Resuming,
    testing::Values(std::tuple{"classics/reorder_4", sim::Reduction::optimal},
                    std::tuple{"classics/szymanski", sim::Reduction::optimal},
                    std::tuple{"classics/ticket_lock_fixed", sim::Reduction::source},
                    std::tuple{"classics/szymanski_fixed", sim::Reduction::sleep},
                    std::tuple{"classics/peterson_fixed", sim::Reduction::none}));

TEST(Resume, WhatIsNoCheckpointOfTheSearchIsRefusedAndNothingExecuted) {
  std::string checkpoint;
  RunRequest part = request("classics/szymanski_fixed", sim::Reduction::optimal);
  part.executions = 100;
  part.on_checkpoint = [&](std::string_view bytes) { checkpoint = bytes; };
  runner().run(part);
  ASSERT_FALSE(checkpoint.empty());
  const auto refused = [](sim::Reduction reduction, std::string bytes) {
    RunRequest rest = request("classics/szymanski_fixed", reduction);
    rest.checkpoint = std::move(bytes);
    const RunResult result = runner().run(rest);
    return result.campaign.unreadable && result.campaign.counts.all() == 0 &&
           result.verdict == Verdict::inconclusive;
  };
  EXPECT_FALSE(refused(sim::Reduction::optimal, checkpoint));
  EXPECT_TRUE(refused(sim::Reduction::source, checkpoint));
  EXPECT_TRUE(refused(sim::Reduction::none, checkpoint));
  EXPECT_TRUE(refused(sim::Reduction::optimal, "nothing like it"));
  EXPECT_TRUE(refused(sim::Reduction::optimal, checkpoint.substr(0, checkpoint.size() / 2)));
}

}  // namespace
}  // namespace heddle::tests
