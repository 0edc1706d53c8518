// How a scenario's campaign ends, and which ending counts when there are several.
#include "scenarios/cli/exploration.hpp"

#include <gtest/gtest.h>

namespace heddle::cli {
namespace {

using scenarios::Scenario;
using scenarios::Verdict;
using sim::FindingKind;

/// A campaign that came to this, on a scenario that expects `expected`.
struct Case {
  explicit Case(std::vector<FindingKind> found, std::vector<FindingKind> expected = {}) {
    scenario.name = "a/b";
    scenario.always = std::move(expected);
    planned = {&scenario, apply(VariantOption{}, scenario), {}};
    explored.planned = &planned;
    for (const FindingKind kind : found) {
      sim::Found one;
      one.report.kind = kind;
      explored.result.campaign.findings.push_back(one);
      explored.traces.emplace_back();
    }
    explored.result.verdict = found.empty() ? Verdict::clean : Verdict::finding;
  }
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

  Ending ending(bool single = false) {
    if (single) planned.settings.execution = 0;
    return ending_of(explored);
  }
  sim::CampaignResult& campaign() { return explored.result.campaign; }

  Scenario scenario;
  Planned planned;
  Explored explored;
};

TEST(Exploration, EndsAsExpectedOrNot) {
  EXPECT_EQ(Case({}).ending(), Ending::ok);
  EXPECT_EQ(Case({FindingKind::leak}).ending(), Ending::failed);
  EXPECT_EQ(Case({FindingKind::leak}, {FindingKind::leak}).ending(), Ending::ok);
  EXPECT_EQ(Case({}, {FindingKind::leak}).ending(), Ending::failed);
}

TEST(Exploration, ASingleExecutionFailsWithAnyFinding) {
  EXPECT_EQ(Case({FindingKind::leak}, {FindingKind::leak}).ending(true), Ending::failed);
  EXPECT_EQ(Case({}, {FindingKind::leak}).ending(true), Ending::ok);
}

TEST(Exploration, ALimitIsNeverAPass) {
  Case limited({});
  limited.explored.result.verdict = Verdict::inconclusive;
  EXPECT_EQ(limited.ending(), Ending::unsure);
  EXPECT_EQ(limited.ending(true), Ending::unsure);
}

TEST(Exploration, AnInterruptedOneIsCutUnlessItHasAllItNeeds) {
  Case clean({});
  clean.explored.result.verdict = Verdict::inconclusive;
  clean.campaign().interrupted = true;
  EXPECT_EQ(clean.ending(), Ending::cut);

  Case missing({}, {FindingKind::leak});
  missing.campaign().interrupted = true;
  EXPECT_EQ(missing.ending(), Ending::cut);

  Case found({FindingKind::leak}, {FindingKind::leak});
  found.campaign().interrupted = true;
  EXPECT_EQ(found.ending(), Ending::ok);

  Case unexpected({FindingKind::leak});
  unexpected.campaign().interrupted = true;
  EXPECT_EQ(unexpected.ending(), Ending::failed);
}

TEST(Exploration, NondeterminismAndOurBugsHaveExitCodesOfTheirOwn) {
  Case diverged({FindingKind::leak}, {FindingKind::leak});
  diverged.campaign().diverged = true;
  EXPECT_EQ(exit_code(diverged.ending()), ExitCode::nondeterminism);
  EXPECT_EQ(exit_code(Case({FindingKind::nondeterminism}).ending()), ExitCode::nondeterminism);
  diverged.campaign().internal_error = true;
  EXPECT_EQ(exit_code(diverged.ending()), ExitCode::our_bug);
}

TEST(Exploration, TheMostSevereExitCodeCounts) {
  using enum ExitCode;
  EXPECT_EQ(worse(as_expected, inconclusive), inconclusive);
  EXPECT_EQ(worse(finding, inconclusive), finding);
  EXPECT_EQ(worse(nondeterminism, finding), nondeterminism);
  EXPECT_EQ(worse(finding, bad_input), bad_input);
  EXPECT_EQ(worse(interrupted, finding), interrupted);
  EXPECT_EQ(worse(our_bug, interrupted), our_bug);
}

TEST(Exploration, JsonHasWhatTheTableHas) {
  Case found({FindingKind::leak}, {FindingKind::leak});
  found.explored.traces[0] = "x.trace";
  found.explored.result.seed = 0x5EED;
  const Json json = exploration_json(found.explored, found.ending());
  EXPECT_EQ(json["scenario"], "a/b");
  EXPECT_EQ(json["verdict"], "finding");
  EXPECT_EQ(json["ending"], "ok");
  EXPECT_EQ(json["seed"], "0x5eed");
  EXPECT_EQ(json["findings"][0]["kind"], "leak");
  EXPECT_EQ(json["findings"][0]["trace"], "x.trace");
}

}  // namespace
}  // namespace heddle::cli
