// Minimised schedules of the classics have no more preemptions than iterative preemption bounding
// finds the same bug with, where it does so within a budget. That many are the fewest there are.
#include <map>
#include <optional>
#include <string>

#include "sim/explore/preemption.hpp"
#include "tests/support/classics.hpp"

namespace heddle::tests {
namespace {

using scenarios::MinimiseRequest;
using scenarios::MinimiseResult;
using scenarios::StrategyKind;

constexpr std::uint64_t search_executions = 5'000;

/// With an assertion that other tasks can fail in another place, there are several findings.
using ByFingerprint = std::map<std::string, std::uint64_t>;

MinimiseResult minimise(const std::string& trace, std::uint64_t attempts_max) {
  MinimiseRequest request;
  request.attempts_max = attempts_max;
  MinimiseResult result = runner().minimise(trace, request);
  EXPECT_EQ(result.kind, MinimiseResult::Kind::minimised) << result.text;
  return result;
}

/// Preemptions of the first execution that a search finds each bug in.
ByFingerprint fewest_preemptions(const std::string& name) {
  RunRequest request = classic(name);
  request.strategy = StrategyKind::ipb;
  request.preemptions = 4;
  request.executions = search_executions;
  ByFingerprint fewest;
  for (const sim::Found& found : runner().run(request).campaign.findings)
    fewest[found.report.fingerprint] = minimise(found.report.trace, 0).before.preemptions;
  return fewest;
}

class MinimisedClassic : public testing::TestWithParam<std::string> {};

TEST_P(MinimisedClassic, HasAsFewPreemptionsAsAny) {
  const ByFingerprint fewest = fewest_preemptions(GetParam());
  EXPECT_FALSE(fewest.empty()) << "the search finds nothing: leave this one out";
  RunRequest request = classic(GetParam());
  request.executions = 1'000;
  for (const sim::Found& found : runner().run(request).campaign.findings) {
    const auto least = fewest.find(found.report.fingerprint);
    if (least == fewest.end()) continue;
    const MinimiseResult smaller = minimise(found.report.trace, 50'000);
    EXPECT_TRUE(smaller.complete);
    EXPECT_EQ(smaller.after.preemptions, least->second)
        << word(found.report.kind) << " after " << smaller.attempts << " attempts";
  }
}

/// The others' searches need more executions than that.
INSTANTIATE_TEST_SUITE_P(Classics, MinimisedClassic,
                         testing::ValuesIn(classics([](const Scenario& scenario) {
                           for (const char* large :
                                {"bounded_buffer", "iwsq", "reorder_10", "reorder_20", "safestack",
                                 "twostage_100", "twostage_20", "twostage_50"})
                             if (scenario.name == std::string("classics/") + large) return false;
                           return !scenario.always.empty();
                         })),
                         test_name);

/// The schedules of these are too many to search; so few preemptions are known to be enough.
TEST(MinimisedClassics, LargeOnesGetSmall) {
  for (const auto& [name, preemptions] :
       std::map<std::string, std::uint64_t>{{"classics/bounded_buffer", 0},
                                            {"classics/iwsq", 1},
                                            {"classics/reorder_10", 1},
                                            {"classics/reorder_20", 1},
                                            {"classics/twostage_20", 1}}) {
    RunRequest request = classic(name);
    request.executions = 3'000;
    request.enough = [](const sim::Report&) { return true; };
    const RunResult result = runner().run(request);
    ASSERT_EQ(result.campaign.findings.size(), 1u) << name;
    const MinimiseResult smaller = minimise(result.campaign.findings.front().report.trace, 20'000);
    EXPECT_LE(smaller.after.preemptions, preemptions) << name;
  }
}

}  // namespace
}  // namespace heddle::tests
