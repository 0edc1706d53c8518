// Runs of scenarios from request to verdict, and replays of what they found.
#include "scenarios/registry/runner.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "bench/programs.hpp"
#include "tests/support/runner.hpp"

namespace heddle::tests {
namespace {

using namespace heddle::scenarios;
using sim::Cpu;
using sim::FindingKind;
using sim::World;

// ---- scenarios ----------------------------------------------------------------------------------

void increments(World& world, DefectBits) { bench::increments<3, 3>(world); }
HEDDLE_SCENARIO("test/increments", increments).cpus(3).dfs_preemptions(1);

struct Counter {
  int value = 0;
};

void lost_update(World& world, DefectBits) {
  auto& counter = world.variable<Counter>("counter");
  auto& ended = world.create<std::atomic<int>>(0);
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("adder", Cpu{i}, [&counter, &ended] {
      const int value = counter.value;
      counter.value = value + 1;
      ended.fetch_add(1, std::memory_order_relaxed);
    });
  world.finally([&world, &counter] { world.expect(counter.value == 2, "no update is lost"); });
}
HEDDLE_SCENARIO("test/lost_update", lost_update).cpus(2).always_finds(FindingKind::data_race);

/// What the second task does if it comes after the first.
template <void (*act)()>
void after_the_first(World& world, DefectBits) {
  auto& x = world.variable<std::atomic<int>>("x", 0);
  world.task("first", Cpu{0}, [&x] { x.store(1); });
  world.task("second", Cpu{1}, [&x] {
    if (x.load() == 1) act();
  });
}

int* volatile nothing = nullptr;
volatile int depth_reached = 0;

[[gnu::noinline]] void follow_null() { *nothing = 1; }
void give_up() { std::abort(); }
void be_killed() { std::raise(SIGKILL); }
void leave() { _exit(0); }
[[gnu::noinline]] int dig(volatile int* above, int depth) {
  volatile int here[64] = {*above};
  return depth == 0 ? 0 : dig(here, depth - 1) + here[depth % 64];
}
void overflow() {
  volatile int start = 0;
  depth_reached = dig(&start, 1'000'000);
}
void loop_unseen() {
  for (;;) asm volatile("");
}
void loop_seen() {
  int* const counter = new (std::nothrow) int(0);
  while (*counter != 7) asm volatile("" ::: "memory");
}

HEDDLE_SCENARIO("test/null", after_the_first<follow_null>).cpus(2);
HEDDLE_SCENARIO("test/abort", after_the_first<give_up>).cpus(2);
HEDDLE_SCENARIO("test/killed", after_the_first<be_killed>).cpus(2);
HEDDLE_SCENARIO("test/leaves", after_the_first<leave>).cpus(2);
HEDDLE_SCENARIO("test/overflow", after_the_first<overflow>).cpus(2);
HEDDLE_SCENARIO("test/loop_unseen", after_the_first<loop_unseen>).cpus(2);
HEDDLE_SCENARIO("test/loop_seen", after_the_first<loop_seen>).cpus(2);

void killed_alone(World& world, DefectBits) {
  world.task("only", Cpu{0}, [] { be_killed(); });
}
HEDDLE_SCENARIO("test/killed_alone", killed_alone);

bool dies_in_set_up = false;
void sometimes_dead(World& world, DefectBits) {
  if (dies_in_set_up) be_killed();
  after_the_first<give_up>(world, 0);
}
HEDDLE_SCENARIO("test/sometimes_dead", sometimes_dead).cpus(2);

void many_steps(World& world, DefectBits) { bench::counter<100>(world); }
HEDDLE_SCENARIO("test/many_steps", many_steps).steps_max(50);

int calls = 0;

void unsteady(World& world, DefectBits) {
  auto& x = world.create<std::atomic<int>>(0);
  world.task("one", Cpu{0}, [&x] { x.store(1); });
  world.task("two", Cpu{1}, [&x] { x.store(2); });
  if (++calls % 2 == 1) world.task("three", Cpu{1}, [&x] { x.store(3); });
}
HEDDLE_SCENARIO("test/unsteady", unsteady).cpus(2);

void empty(World&, DefectBits) {}
HEDDLE_SCENARIO("test/empty", empty);

RunRequest request(std::string_view name, StrategyKind strategy = StrategyKind::random) {
  RunRequest request;
  request.variant.scenario = find_scenario(name);
  EXPECT_NE(request.variant.scenario, nullptr) << name;
  request.strategy = strategy;
  request.executions = strategy == StrategyKind::random ? 200 : 0;
  return request;
}

// ---- verdicts -----------------------------------------------------------------------------------

TEST(Runner, SaysWhatAnExhaustiveResultIsExhaustiveWithin) {
  RunRequest dfs = request("test/increments", StrategyKind::dfs);
  RunResult bounded = runner().run(dfs);
  EXPECT_EQ(bounded.verdict, Verdict::clean);
  EXPECT_TRUE(bounded.exhaustive);
  EXPECT_EQ(bounded.verdict_text, "clean (exhaustive within 1 preemption)");

  dfs.preemptions = sim::no_preemption_bound;
  const RunResult all = runner().run(dfs);
  EXPECT_EQ(all.verdict_text, "clean (exhaustive)");
  EXPECT_EQ(all.campaign.counts.finished, 1'680u);
  EXPECT_LT(bounded.campaign.counts.finished, 1'680u);
}

TEST(Runner, DoesNotCallRandomExecutionsExhaustive) {
  const RunResult result = runner().run(request("test/increments"));
  EXPECT_EQ(result.verdict, Verdict::clean);
  EXPECT_FALSE(result.exhaustive);
  EXPECT_EQ(result.verdict_text, "clean (200 executions, not exhaustive)");
  EXPECT_GT(result.executions_per_s(), 0);
}

TEST(Runner, CallsNothingCleanThatReachedABound) {
  for (const StrategyKind strategy : {StrategyKind::random, StrategyKind::dfs}) {
    const RunResult result = runner().run(request("test/many_steps", strategy));
    EXPECT_EQ(result.verdict, Verdict::inconclusive);
    EXPECT_NE(result.reason.find("reached a bound"), std::string::npos) << result.reason;
  }
}

TEST(Runner, CallsASearchInconclusiveThatIsCutShort) {
  RunRequest dfs = request("test/increments", StrategyKind::dfs);
  dfs.executions = 3;
  const RunResult result = runner().run(dfs);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_EQ(result.campaign.counts.all(), 3u);
}

TEST(Runner, CallsNothingExecutedInconclusive) {
  RunRequest none = request("test/increments");
  none.shards = 1'000;
  none.shard = 999;  // of 200 executions
  const RunResult result = runner().run(none);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_EQ(result.reason, "nothing was executed");
}

// ---- findings and replays -----------------------------------------------------------------------

void expect_equal(const RunResult& a, const RunResult& b) {
  EXPECT_EQ(a.campaign.counts, b.campaign.counts);
  EXPECT_EQ(a.campaign.facts, b.campaign.facts);
  ASSERT_EQ(a.campaign.findings.size(), b.campaign.findings.size());
  for (std::size_t i = 0; i < a.campaign.findings.size(); ++i) {
    EXPECT_EQ(a.campaign.findings[i].report.fingerprint, b.campaign.findings[i].report.fingerprint);
    EXPECT_EQ(a.campaign.findings[i].report.trace, b.campaign.findings[i].report.trace);
    EXPECT_EQ(a.campaign.findings[i].first_index, b.campaign.findings[i].first_index);
    EXPECT_EQ(a.campaign.findings[i].count, b.campaign.findings[i].count);
  }
}

TEST(Runner, ComesToTheSameUnderAnyNumberOfJobs) {
  RunRequest random = request("test/lost_update");
  random.executions = 1'000;
  const RunResult one = runner().run(random);
  for (std::uint32_t jobs : {2u, 3u}) {
    random.jobs = jobs;
    expect_equal(runner().run(random), one);
  }
}

TEST(Runner, FindsARaceAndThenWhatItLeadsTo) {
  const RunResult result = runner().run(request("test/lost_update"));
  EXPECT_EQ(result.verdict, Verdict::finding);
  const auto found = [&](FindingKind kind) {
    const auto& all = result.campaign.findings;
    return std::find_if(all.begin(), all.end(),
                        [kind](const sim::Found& f) { return f.report.kind == kind; });
  };
  const auto none = result.campaign.findings.end();
  ASSERT_NE(found(FindingKind::data_race), none);
  EXPECT_EQ(found(FindingKind::data_race)->first_index, 0u);
  // Only from the second phase on are the racing accesses steps.
  ASSERT_NE(found(FindingKind::invariant), none);
  EXPECT_GE(found(FindingKind::invariant)->first_index, 64u);
  for (const sim::Found& f : result.campaign.findings) {
    const ReplayResult replay = runner().replay(f.report.trace);
    EXPECT_EQ(replay.kind, ReplayResult::Kind::same) << replay.text;
    ASSERT_FALSE(replay.findings.empty());
    EXPECT_TRUE(std::any_of(replay.findings.begin(), replay.findings.end(),
                            [&](const sim::Report& r) { return r.trace == f.report.trace; }));
  }
}

/// Every execution in which the second task comes last ends in the same finding, which replays.
void expect_crash_that_replays(std::string_view name, const std::string& part_of_message,
                               FindingKind kind = FindingKind::crash) {
  const RunResult result = runner().run(request(name, StrategyKind::dfs));
  EXPECT_EQ(result.verdict, Verdict::finding);
  EXPECT_EQ(result.campaign.counts.finished, 1u);
  EXPECT_EQ(result.campaign.counts.stopped, 1u);
  ASSERT_EQ(result.campaign.findings.size(), 1u) << name;
  const sim::Report& report = result.campaign.findings[0].report;
  EXPECT_EQ(report.kind, kind);
  EXPECT_NE(report.message.find(part_of_message), std::string::npos) << report.message;
  const ReplayResult replay = runner().replay(report.trace);
  EXPECT_EQ(replay.kind, ReplayResult::Kind::same) << replay.text;
  ASSERT_EQ(replay.findings.size(), 1u);
  EXPECT_EQ(replay.findings[0].trace, report.trace);
}

TEST(Runner, ReplaysABadPointer) {
  expect_crash_that_replays("test/null", "second writes at tests/runner/runner_test.cpp:");
}
TEST(Runner, ReplaysAnAbort) { expect_crash_that_replays("test/abort", "second aborts at"); }
TEST(Runner, ReplaysAKill) {
  expect_crash_that_replays("test/killed", "the process was killed by signal 9");
}
TEST(Runner, DoesNotTakeALostProcessForAFix) {
  const RunResult result = runner().run(request("test/sometimes_dead", StrategyKind::dfs));
  ASSERT_EQ(result.campaign.findings.size(), 1u);
  dies_in_set_up = true;
  const ReplayResult replay = runner().replay(result.campaign.findings[0].report.trace);
  dies_in_set_up = false;
  EXPECT_EQ(replay.kind, ReplayResult::Kind::lost) << replay.text;
  EXPECT_NE(replay.text.find("killed by signal 9"), std::string::npos) << replay.text;
}
TEST(Runner, ReplaysAKillBeforeAnyChoice) {
  RunRequest killed = request("test/killed_alone");
  killed.executions = 3;
  const RunResult result = runner().run(killed);
  ASSERT_EQ(result.campaign.findings.size(), 1u);
  EXPECT_EQ(result.campaign.findings[0].count, 3u);
  const ReplayResult replay = runner().replay(result.campaign.findings[0].report.trace);
  EXPECT_EQ(replay.kind, ReplayResult::Kind::same) << replay.text;
}
TEST(Runner, ReplaysAnExit) {
  expect_crash_that_replays("test/leaves", "the process exited with status 0");
}
TEST(Runner, ReplaysAStackOverflow) {
  expect_crash_that_replays("test/overflow", "second overflows its stack");
}
TEST(Runner, ReplaysALoopThatNothingIsSeenOf) {
  expect_crash_that_replays("test/loop_unseen", "second loops for ever");
}
TEST(Runner, ReplaysALoopOfAccesses) {
  expect_crash_that_replays("test/loop_seen", "second runs", FindingKind::livelock);
}
TEST(Runner, CountsCrashesOfRandomExecutions) {
  RunRequest random = request("test/null");
  const RunResult one = runner().run(random);
  ASSERT_EQ(one.campaign.findings.size(), 1u);
  EXPECT_EQ(one.campaign.findings[0].count, one.campaign.counts.stopped);
  EXPECT_EQ(one.campaign.workers_lost, 0u);
  random.jobs = 3;
  expect_equal(runner().run(random), one);
}

TEST(Replay, SaysWhatIsWrongWithATraceThatIsNone) {
  const ReplayResult result = runner().replay("no trace");
  EXPECT_EQ(result.kind, ReplayResult::Kind::unreadable);
  EXPECT_FALSE(result.text.empty());
}

// ---- determinism --------------------------------------------------------------------------------

TEST(Determinism, HoldsForASteadyScenario) {
  const DeterminismResult a = runner().check_determinism(request("test/lost_update"));
  EXPECT_TRUE(a.deterministic) << a.difference;
  EXPECT_EQ(a.executions, 16u);
  const DeterminismResult b = runner().check_determinism(request("test/lost_update"));
  EXPECT_EQ(a.fingerprint, b.fingerprint);
  RunRequest other = request("test/lost_update");
  other.seed = 2;
  EXPECT_NE(runner().check_determinism(other).fingerprint, a.fingerprint);
}

TEST(Determinism, IsMissedWithTheFirstEventThatDiffers) {
  const DeterminismResult result = runner().check_determinism(request("test/unsteady"));
  EXPECT_FALSE(result.deterministic);
  EXPECT_NE(result.difference.find("and again"), std::string::npos) << result.difference;
}

TEST(Runner, NoticesASearchThatIsNotDeterministic) {
  const RunResult result = runner().run(request("test/unsteady", StrategyKind::dfs));
  EXPECT_EQ(result.verdict, Verdict::finding);
  EXPECT_TRUE(result.nondeterministic);
}

// ---- attempts -----------------------------------------------------------------------------------

TEST(Attempt, RepeatsChoicesAndGoesOnCalmly) {
  const RunRequest of = request("test/increments");
  const auto& config = of.variant.scenario->machine;
  const Attempt calm = runner().attempt(of.variant, config, {});
  EXPECT_EQ(calm.outcome, sim::Outcome::finished);
  EXPECT_EQ(calm.steps, 9u);
  EXPECT_FALSE(calm.diverged);
  const Attempt again = runner().attempt(of.variant, config, calm.choices);
  EXPECT_EQ(again.choices, calm.choices);
  EXPECT_EQ(again.choices_used, calm.choices.size());

  std::vector<sim::Choice> wrong = calm.choices;
  wrong[0].chosen = 17;
  EXPECT_TRUE(runner().attempt(of.variant, config, wrong).diverged);
}

}  // namespace
}  // namespace heddle::tests
