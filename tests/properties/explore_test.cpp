// Properties in tests: a planted bug is found, its workload and its schedule are made small, and
// its trace replays; what is right passes.
#include "heddle/explore.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "heddle/rapidcheck.hpp"
#include "heddle/testing.hpp"
#include "tests/properties/counter.hpp"
#include "traces/format.hpp"

namespace heddle::tests {
namespace {

struct Counter {
  kernel::spinlock_t lock = kernel::SPIN_LOCK_UNLOCKED("counter.lock");
  int value = 0;
};

/// The third task that adds anything forgets the lock, from its second time on.
template <bool right>
void count(World& world, const Work& work, DefectBits) {
  auto& counter = world.variable<Counter>("counter");
  int adders = 0;
  for (std::size_t i = 0; i < work.adds.size(); ++i) {
    if (work.adds[i] != 0) ++adders;
    const bool careless = !right && adders >= 3;
    world.task("adder", Cpu{static_cast<std::uint16_t>(i)}, [&counter, &work, i, careless] {
      for (int k = 0; k < work.adds[i]; ++k) {
        const bool locks = !careless || k == 0;
        if (locks) kernel::spin_lock(&counter.lock);
        ++counter.value;
        if (locks) kernel::spin_unlock(&counter.lock);
      }
    });
  }
}
HEDDLE_PROPERTY("test/counter_right", Work, count<true>).cpus(4).executions(20).workloads(10);
HEDDLE_PROPERTY("test/counter_wrong", Work, count<false>)
    .cpus(4)
    .executions(100)
    .workloads(100)
    .always_finds(FindingKind::data_race);

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder of this test's own.
std::string folder() {
  const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
  return ::testing::TempDir() + "heddle_" + info->test_suite_name() + "_" + info->name();
}

RC_GTEST_PROP(Explore, ACleanPropertyPasses, (const Work& work)) {
  RC_HEDDLE_CLEAN(explore("test/counter_right", work, {.executions = 20, .trace_folder = ""}));
}

TEST(Explore, GeneratesWorkloadsOfItsOwn) {
  const Exploration exploration = explore("test/counter_right", {.executions = 20});
  EXPECT_CLEAN(exploration);
  EXPECT_EQ(exploration.result.workloads, 10U);
  EXPECT_EQ(exploration.result.campaign.counts.all(), 200U);
  EXPECT_FALSE(exploration.result.exhaustive);
}

/// The least workload: two tasks that add once, and one that adds twice.
TEST(Explore, ShrinksTheWorkloadAndTheSchedule) {
  const Exploration exploration =
      explore("test/counter_wrong", {.executions = 100, .trace_folder = folder()});
  EXPECT_FINDS(exploration, FindingKind::data_race);
  ASSERT_EQ(exploration.result.found_under.size(), exploration.result.campaign.findings.size());
  EXPECT_EQ(exploration.result.found_under[0].workload, "adds 1 1 2");
  ASSERT_FALSE(exploration.traces.empty());
  const std::string trace = read_file(exploration.traces[0]);
  EXPECT_NE(trace.find("\nworkload adds 1 1 2\n"), std::string::npos) << trace;
  EXPECT_NE(exploration.text().find("replay " + exploration.traces[0]), std::string::npos);
  // A race is seen in every schedule.
  const auto parsed = traces::from_text(trace, "the trace");
  ASSERT_TRUE(bool(parsed)) << parsed.error();
  EXPECT_EQ(parsed->workload, "adds 1 1 2");
  EXPECT_TRUE(std::is_sorted(
      parsed->choices.begin(), parsed->choices.end(),
      [](const traces::Choice& a, const traces::Choice& b) { return a.context < b.context; }))
      << trace;
}

TEST(Explore, IsTheSameUnderAnyNumberOfJobs) {
  ExploreOptions options{.executions = 100, .trace_folder = ""};
  const Exploration one = explore("test/counter_wrong", options);
  options.jobs = 3;
  const Exploration three = explore("test/counter_wrong", options);
  ASSERT_EQ(one.result.campaign.findings.size(), three.result.campaign.findings.size());
  for (std::size_t i = 0; i < one.result.campaign.findings.size(); ++i)
    EXPECT_EQ(one.result.campaign.findings[i].report.trace,
              three.result.campaign.findings[i].report.trace);
  EXPECT_EQ(one.text(), three.text());
}

TEST(Explore, ExhaustsSmallWorkloads) {
  const Exploration exploration =
      explore("test/counter_right", Work{{1, 1}},
              {.strategy = StrategyKind::dfs, .executions = 0, .preemptions = 1});
  EXPECT_CLEAN(exploration);
  EXPECT_TRUE(exploration.result.exhaustive);
}

TEST(Explore, SaysWhatItCannotExplore) {
  EXPECT_EQ(explore("test/nowhere").problem, "there is no scenario test/nowhere");
  EXPECT_EQ(explore_workload("test/counter_right", "adds x").problem,
            "the workload 'adds x' of test/counter_right cannot be read: "
            "expected a number in 0..9 at column 6, found 'x'");
  EXPECT_FALSE(explore("test/nowhere").clean());
  EXPECT_NONFATAL_FAILURE(EXPECT_CLEAN(explore("test/nowhere")), "there is no scenario");
}

TEST(Explore, MatchersTellTheWholeStory) {
  const Exploration wrong = explore("test/counter_wrong", {.trace_folder = folder()});
  EXPECT_FALSE(is_clean(wrong));
  EXPECT_NE(std::string(is_clean(wrong).message()).find("replay "), std::string::npos);
  EXPECT_FALSE(finds(wrong, FindingKind::deadlock));
  EXPECT_NE(std::string(finds(wrong, FindingKind::deadlock).message()).find("expected deadlock"),
            std::string::npos);
}

/// What a user of RapidCheck sees when a property fails.
TEST(Explore, AFailedPropertyEndsWithTheReplayCommand) {
  const std::string traces_folder = folder();
  const auto result = rc::detail::checkTestable(
      [&traces_folder](const Work& work) {
        RC_HEDDLE_CLEAN(explore("test/counter_wrong", work,
                                {.executions = 100, .trace_folder = traces_folder}));
      },
      rc::detail::TestMetadata{}, rc::detail::TestParams{});
  std::ostringstream message;
  rc::detail::printResultMessage(result, message);
  EXPECT_NE(message.str().find("workload: adds 1 1 2"), std::string::npos) << message.str();
  EXPECT_NE(message.str().find("replay "), std::string::npos) << message.str();
}

}  // namespace
}  // namespace heddle::tests
