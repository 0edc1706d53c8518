// Campaigns: the same result under any number of jobs, and nothing lost when a worker is.
#include "sim/explore/campaign.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/programs.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/explore/random_walk.hpp"
#include "sim/machine/crash.hpp"
#include "tests/explore/program.hpp"

namespace heddle::tests {
namespace {

using sim::Cpu;
using sim::World;

// ---- subjects -----------------------------------------------------------------------------------

/// An execution by arithmetic: 8 choices among 4, which decide how it ends and what it finds.
class Arithmetic : public sim::Subject {
 public:
  sim::Outcome run(sim::Chooser& chooser, sim::ChoiceLog log) override {
    choices_.begin(chooser, log);
    findings_.clear();
    std::uint64_t sum = 0;
    for (int i = 0; i < 8; ++i)
      sum = sum * 4 + choices_.value(sim::Reason::value, 4 + (facts_.empty() ? 0 : 1));
    digest_ = sum;
    at_end(sum);
    return sum % 7 == 0 ? sim::Outcome::stuck : sim::Outcome::finished;
  }
  void begin_phase(std::span<const std::string> facts) override {
    facts_.assign(facts.begin(), facts.end());
  }
  void take_facts(std::vector<std::string>& facts) override {
    if (digest_ % 97 != 0 || !known_.insert(digest_ % 5).second) return;
    facts.push_back(std::to_string(digest_ % 5));
  }
  std::span<const sim::Finding> findings() const override { return findings_; }
  sim::Report describe(const sim::Finding& finding, std::uint64_t,
                       std::span<const sim::Choice> choices) override {
    return {finding.kind, finding.detail, "a message", text(choices)};
  }
  sim::Report describe(const sim::Death& death, std::uint64_t,
                       std::span<const sim::Choice> choices) override {
    return {sim::FindingKind::crash,
            "died " + std::to_string(static_cast<int>(death.cause)) + " " +
                std::to_string(death.number),
            "a message", text(choices)};
  }

 protected:
  virtual void at_end(std::uint64_t sum) {
    if (sum % 11 == 3) find("rare");
    if (sum % 3 == 0) find("frequent");
    if (sum % 3 == 0 && sum % 2 == 0) find("frequent");
    if (!facts_.empty() && sum % 13 == 1) find("only with facts");
  }
  void find(const char* detail) {
    sim::Finding finding;
    finding.detail = detail;
    finding.actors[0].place = sim::Place{findings_.size() + 1};
    finding.actor_count = 1;
    findings_.push_back(finding);
  }

 private:
  static std::string text(std::span<const sim::Choice> choices) {
    std::string text;
    for (const sim::Choice& choice : choices) text += std::to_string(choice.chosen) + " ";
    return text;
  }

  sim::Choices choices_;
  std::uint64_t digest_ = 0;
  std::vector<std::string> facts_;
  std::set<std::uint64_t> known_;
  std::vector<sim::Finding> findings_;
};

/// A program on the machine, with crashes caught where that is possible.
class GuardedProgram final : public sim::Subject {
 public:
  GuardedProgram(std::uint16_t cpus, Program::Body body) : program_(cpus, body) {}
  sim::Outcome run(sim::Chooser& chooser, sim::ChoiceLog log) override {
    static sim::CrashGuard guard(machine());
    return program_.run(chooser, log);
  }
  void begin_phase(std::span<const std::string>) override {}
  void take_facts(std::vector<std::string>&) override {}
  std::span<const sim::Finding> findings() const override { return machine().findings(); }
  sim::Report describe(const sim::Finding& finding, std::uint64_t,
                       std::span<const sim::Choice>) override {
    return {finding.kind, finding.detail, finding.actors[0].verb, ""};
  }
  sim::Report describe(const sim::Death& death, std::uint64_t,
                       std::span<const sim::Choice> choices) override {
    return {sim::FindingKind::crash, "lost " + std::to_string(death.number),
            std::to_string(choices.size()), ""};
  }

 private:
  Program program_;
};

sim::CampaignOptions random_options(std::uint64_t executions, std::uint32_t jobs) {
  sim::CampaignOptions options;
  options.executions = executions;
  options.jobs = jobs;
  options.strategy = [](std::pmr::memory_resource& memory) -> sim::Strategy& {
    return *new (memory.allocate(sizeof(sim::RandomWalk))) sim::RandomWalk(7);
  };
  return options;
}

sim::CampaignOptions dfs_options() {
  sim::CampaignOptions options;
  options.executions = 0;
  options.strategy = [](std::pmr::memory_resource& memory) -> sim::Strategy& {
    struct Search {
      explicit Search(std::pmr::memory_resource& room) : dfs(room, order, {}) {}
      sim::StayOrder order;
      sim::DepthFirstSearch dfs;
    };
    return (new (memory.allocate(sizeof(Search))) Search(memory))->dfs;
  };
  return options;
}

struct Line {
  std::string fingerprint, trace;
  std::uint64_t first_index, count;
  friend auto operator<=>(const Line&, const Line&) = default;
};

std::vector<Line> lines(const sim::CampaignResult& result) {
  std::vector<Line> all;
  for (const sim::Found& found : result.findings)
    all.push_back({found.report.fingerprint, found.report.trace, found.first_index, found.count});
  return all;
}

// ---- equal results ------------------------------------------------------------------------------

TEST(Campaign, ComesToTheSameUnderAnyNumberOfJobs) {
  Arithmetic subject;
  for (const bool phases : {false, true}) {
    sim::CampaignOptions options = random_options(5'000, 1);
    options.phases = phases;
    const sim::CampaignResult one = run_campaign(subject, options);
    EXPECT_EQ(one.counts.all(), 5'000u);
    EXPECT_EQ(one.findings.size(), phases ? 3u : 2u);
    EXPECT_EQ(one.facts.empty(), !phases);
    for (std::uint32_t jobs : {2u, 3u, 7u}) {
      options.jobs = jobs;
      const sim::CampaignResult many = run_campaign(subject, options);
      EXPECT_EQ(many.counts, one.counts);
      EXPECT_EQ(lines(many), lines(one));
      EXPECT_EQ(many.facts, one.facts);
    }
  }
}

TEST(Campaign, CountsExecutionsThatHaveAFinding) {
  Arithmetic subject;
  sim::CampaignOptions options = random_options(3'000, 2);
  const sim::CampaignResult result = run_campaign(subject, options);
  std::uint64_t frequent = 0;
  std::uint64_t first = ~std::uint64_t{0};
  sim::RandomWalk walk(7);
  for (std::uint64_t k = 0; k < 3'000; ++k) {
    subject.run(walk.begin(k), {});
    if (subject.findings().empty() || subject.findings().back().detail != std::string("frequent"))
      continue;
    ++frequent;
    first = std::min(first, k);
  }
  const auto found = std::find_if(result.findings.begin(), result.findings.end(),
                                  [](const auto& f) { return f.report.fingerprint == "frequent"; });
  ASSERT_NE(found, result.findings.end());
  EXPECT_EQ(found->count, frequent);
  EXPECT_EQ(found->first_index, first);
}

TEST(Campaign, ShardsDivideTheExecutionsAmongThem) {
  Arithmetic subject;
  const sim::CampaignResult whole = run_campaign(subject, random_options(1'001, 2));
  sim::Counts sum;
  std::uint64_t findings = 0;
  for (std::uint32_t shard = 0; shard < 3; ++shard) {
    sim::CampaignOptions options = random_options(1'001, 2);
    options.shard = shard;
    options.shards = 3;
    const sim::CampaignResult part = run_campaign(subject, options);
    sum += part.counts;
    for (const sim::Found& found : part.findings) {
      findings += found.count;
      EXPECT_EQ(found.first_index % 3, shard);
    }
  }
  EXPECT_EQ(sum, whole.counts);
  for (const sim::Found& found : whole.findings) findings -= found.count;
  EXPECT_EQ(findings, 0u);
}

TEST(Campaign, EndsWithTheFindingOfTheLeastIndexThatIsEnough) {
  Arithmetic subject;
  const sim::CampaignResult all = run_campaign(subject, random_options(2'000, 1));
  for (std::uint32_t jobs : {1u, 2u, 3u}) {
    sim::CampaignOptions options = random_options(0, jobs);  // for ever, but for the finding
    options.enough = [](const sim::Report&) { return true; };
    const sim::CampaignResult fast = run_campaign(subject, options);
    ASSERT_FALSE(fast.findings.empty());
    EXPECT_EQ(fast.findings.front().first_index, all.findings.front().first_index);
    EXPECT_EQ(fast.findings.front().report.trace, all.findings.front().report.trace);
  }
}

TEST(Campaign, GoesOnPastFindingsThatAreNotEnough) {
  Arithmetic subject;
  const std::vector<sim::Found> all = run_campaign(subject, random_options(2'000, 1)).findings;
  ASSERT_EQ(all.size(), 2u);
  ASSERT_LT(all.front().first_index, all.back().first_index);
  for (std::uint32_t jobs : {1u, 3u}) {
    sim::CampaignOptions options = random_options(0, jobs);
    options.enough = [&](const sim::Report& report) {
      return report.fingerprint == all.back().report.fingerprint;
    };
    const sim::CampaignResult result = run_campaign(subject, options);
    ASSERT_EQ(result.findings.size(), 2u);
    EXPECT_EQ(result.findings.front().report.fingerprint, all.front().report.fingerprint);
    EXPECT_EQ(result.findings.back().first_index, all.back().first_index);
  }
}

TEST(Campaign, TellsFindingsWithTheirTraceAsTheyCome) {
  Arithmetic subject;
  sim::CampaignOptions options = random_options(2'000, 2);
  std::set<std::string> told;
  std::uint64_t executions_told = 0;
  options.on_finding = [&](const sim::Found& found) {
    EXPECT_FALSE(found.report.trace.empty());
    told.insert(found.report.fingerprint);
  };
  options.on_progress = [&](const sim::Progress& p) {
    executions_told = p.counts.all();
    EXPECT_EQ(p.executions_max, 2'000u);
  };
  run_campaign(subject, options);
  EXPECT_EQ(told, (std::set<std::string>{"frequent", "rare"}));
  EXPECT_EQ(executions_told, 2'000u);
}

TEST(Campaign, ExhaustsADepthFirstSearch) {
  GuardedProgram subject(3, bench::increments<3, 3>);
  sim::CampaignOptions options = dfs_options();
  options.jobs = 3;
  const sim::CampaignResult result = run_campaign(subject, options);
  EXPECT_TRUE(result.exhausted);
  EXPECT_EQ(result.counts.finished, 1'680u);
  EXPECT_TRUE(result.findings.empty());
}

TEST(Campaign, SaysThatABudgetWasNotEnoughToExhaust) {
  GuardedProgram subject(3, bench::increments<3, 3>);
  sim::CampaignOptions options = dfs_options();
  options.executions = 100;
  const sim::CampaignResult result = run_campaign(subject, options);
  EXPECT_FALSE(result.exhausted);
  EXPECT_EQ(result.counts.all(), 100u);
}

// ---- ends ---------------------------------------------------------------------------------------

TEST(Campaign, EndsInTime) {
  Arithmetic subject;
  sim::CampaignOptions options = random_options(0, 2);
  options.time_s = 0.3;
  const sim::CampaignResult result = run_campaign(subject, options);
  EXPECT_TRUE(result.timed_out);
  EXPECT_GT(result.counts.all(), 0u);
  EXPECT_LT(result.seconds, 3);
}

TEST(Campaign, EndsWithAResultWhenItIsStopped) {
  Arithmetic subject;
  volatile std::sig_atomic_t stop = 0;
  sim::CampaignOptions options = random_options(0, 2);
  options.phases = true;
  options.stop = &stop;
  options.on_progress = [&](const sim::Progress& p) { stop = p.counts.all() > 1'000; };
  const sim::CampaignResult result = run_campaign(subject, options);
  EXPECT_TRUE(result.interrupted);
  EXPECT_GT(result.counts.all(), 1'000u);
  EXPECT_FALSE(result.findings.empty());
}

TEST(Campaign, PassesOnThatAWorkerFoundABugOfHeddle) {
  class Broken final : public Arithmetic {
    void at_end(std::uint64_t sum) override {
      if (sum % 50 == 0) _exit(sim::exit_our_bug);
    }
  } subject;
  const sim::CampaignResult result = run_campaign(subject, random_options(0, 2));
  EXPECT_TRUE(result.internal_error);
}

// ---- lost workers -------------------------------------------------------------------------------

/// Ends its process in some executions.
class Mortal final : public Arithmetic {
 public:
  explicit Mortal(void (*die)()) : die_(die) {}

 private:
  void at_end(std::uint64_t sum) override {
    if (sum % 500 == 17) die_();
    if (sum % 3 == 0) find("frequent");
  }
  void (*die_)();
};

void expect_deaths(void (*die)(), const std::string& fingerprint, double hang_cpu_s = 10) {
  Mortal subject(die);
  std::vector<Line> first;
  for (std::uint32_t jobs : {1u, 3u}) {
    sim::CampaignOptions options = random_options(2'000, jobs);
    options.hang_cpu_s = hang_cpu_s;
    const sim::CampaignResult result = run_campaign(subject, options);
    EXPECT_EQ(result.counts.all(), 2'000u);
    EXPECT_GT(result.workers_lost, 0u);
    EXPECT_EQ(result.counts.stopped, result.workers_lost);
    EXPECT_FALSE(result.gave_up);
    ASSERT_EQ(result.findings.size(), 2u);
    const sim::Found& crash = result.findings.back();
    EXPECT_EQ(crash.report.fingerprint, fingerprint);
    EXPECT_EQ(crash.count, result.workers_lost);
    EXPECT_EQ(crash.report.trace.size(), 16u);  // eight choices
    if (jobs == 1)
      first = lines(result);
    else
      EXPECT_EQ(lines(result), first);
  }
}

TEST(LostWorker, IsAFindingWhenItIsKilled) {
  expect_deaths([] { std::raise(SIGKILL); }, "died 0 9");
}
TEST(LostWorker, IsAFindingWhenASignalEndsIt) {
  expect_deaths([] { std::raise(SIGUSR1); }, "died 0 10");
}
TEST(LostWorker, IsAFindingWhenItExits) {
  expect_deaths([] { _exit(3); }, "died 2 3");
}
TEST(LostWorker, IsAFindingWhenItLoopsForEver) {
  expect_deaths(
      [] {
        for (;;) asm volatile("");
      },
      "died 1 0", 0.2);
}

TEST(LostWorker, GivesUpWhenEveryExecutionIsLost) {
  class Hopeless final : public Arithmetic {
    void at_end(std::uint64_t) override { _exit(1); }
  } subject;
  const sim::CampaignResult result = run_campaign(subject, random_options(0, 2));
  EXPECT_TRUE(result.gave_up);
  EXPECT_EQ(result.findings.size(), 1u);
}

// ---- crashes of the code under test -------------------------------------------------------------

template <class Act>
void only_in_one_order(World& world, Act act) {
  auto& x = world.create<std::atomic<int>>(0);
  world.task("first", Cpu{0}, [&x] { x.store(1); });
  world.task("second", Cpu{1}, [&x, act] {
    if (x.load() == 1) act();
  });
}

sim::CampaignResult explore_crash(Program::Body body) {
  GuardedProgram subject(2, body);
  const sim::CampaignResult result = run_campaign(subject, dfs_options());
  EXPECT_TRUE(result.exhausted);
  EXPECT_EQ(result.workers_lost, 0u);
  EXPECT_EQ(result.counts.finished, 1u);
  EXPECT_EQ(result.counts.stopped, 1u);
  EXPECT_EQ(result.findings.size(), 1u);
  return result;
}

void expect_crash(Program::Body body, const std::string& part_of_detail) {
  const sim::CampaignResult result = explore_crash(body);
  if (result.findings.empty()) return;
  EXPECT_EQ(result.findings[0].report.kind, sim::FindingKind::crash);
  EXPECT_NE(result.findings[0].report.fingerprint.find(part_of_detail), std::string::npos)
      << result.findings[0].report.fingerprint;
}

[[gnu::noinline]] int dig(volatile int* above, int depth) {
  volatile int here[64] = {*above};
  return depth == 0 ? 0 : dig(here, depth - 1) + here[depth % 64];
}

struct Linked {
  std::uint64_t padding;
  std::uint64_t value;
};
Linked* volatile nothing = nullptr;
volatile int zero = 0;
void (*volatile no_function)() = nullptr;

TEST(Crash, OfABadPointerIsAFinding) {
  expect_crash([](World& w) { only_in_one_order(w, [] { nothing->value = 1; }); },
               "null pointer is followed");
}
TEST(Crash, OfAPoisonedPointerIsAFinding) {
  expect_crash(
      [](World& w) {
        only_in_one_order(w, [] {
          auto* const poison = reinterpret_cast<volatile int*>(0x6B6B6B6B6B6B6B6Bu);
          *poison = 1;
        });
      },
      "cannot be one");
}
TEST(Crash, OfACallThroughANullPointerIsAFinding) {
  expect_crash([](World& w) { only_in_one_order(w, [] { no_function(); }); }, "no code");
}
TEST(Crash, OfADivisionByZeroIsAFinding) {
  expect_crash([](World& w) { only_in_one_order(w, [] { zero = 6 / zero; }); }, "divided by zero");
}
TEST(Crash, ByAbortIsAFinding) {
  expect_crash([](World& w) { only_in_one_order(w, [] { std::abort(); }); }, "abort() is called");
}
TEST(Crash, ByAnExceptionThatNobodyCatchesIsAFinding) {
  expect_crash([](World& w) { only_in_one_order(w, [] { throw 1; }); }, "nobody catches");
}
TEST(Crash, ByAStackThatOverflowsIsAFinding) {
  expect_crash(
      [](World& w) {
        only_in_one_order(w, [] {
          volatile int start = 0;
          zero = dig(&start, 1'000'000) & 0;
        });
      },
      "nest too deep");
}
TEST(Crash, ByALoopThatNothingIsSeenOfIsAFinding) {
  expect_crash(
      [](World& w) {
        only_in_one_order(w, [] {
          for (;;) asm volatile("");
        });
      },
      "goes on without a step");
}
TEST(Crash, IsFoundAtTheSamePlaceInEveryExecution) {
  GuardedProgram subject(
      1, [](World& world) { world.task("one", Cpu{0}, [] { nothing->value = 1; }); });
  const sim::CampaignResult result = run_campaign(subject, random_options(50, 2));
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].count, 50u);
  EXPECT_EQ(result.counts.stopped, 50u);
}

TEST(LostWorker, LosesNoExecutionOfADepthFirstSearch) {
  GuardedProgram subject(3, [](World& world) {
    auto& x = world.create<std::atomic<int>>(0);
    for (std::uint16_t i = 0; i < 3; ++i)
      world.task("adder", Cpu{i}, [&x, i] {
        for (int round = 0; round < 3; ++round)
          if (x.fetch_add(1) == 4 && i == 1 && round == 1) std::raise(SIGKILL);
      });
  });
  sim::CampaignOptions options = dfs_options();
  const sim::CampaignResult result = run_campaign(subject, options);
  // The process dies at the fifth increment if that is the second of task 1: behind 4 * 2^3
  // prefixes, which 320 of the 1,680 executions begin with.
  EXPECT_TRUE(result.exhausted);
  EXPECT_EQ(result.workers_lost, 32u);
  EXPECT_EQ(result.counts.stopped, 32u);
  EXPECT_EQ(result.counts.finished, 1'360u);
}

// ---- cost ---------------------------------------------------------------------------------------

std::size_t resident_bytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  FILE* statm = std::fopen("/proc/self/statm", "r");
  if (statm == nullptr || std::fscanf(statm, "%zu %zu", &total, &resident) != 2) std::abort();
  std::fclose(statm);
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST(Campaign, NeedsNoMoreMemoryWithMoreExecutions) {
#ifdef HEDDLE_ASAN
  GTEST_SKIP() << "AddressSanitizer keeps what was freed";
#endif
  /// Finds it if its process has grown since its thousandth execution.
  class Watched final : public sim::Subject {
   public:
    sim::Outcome run(sim::Chooser& chooser, sim::ChoiceLog log) override {
      const sim::Outcome outcome = program_.run(chooser, log);
      ++executions_;
      if (executions_ == 1'000) before_ = resident_bytes();
      if (executions_ == 1'000'000 && resident_bytes() > before_ + (1u << 20))
        grown_.emplace_back();
      return outcome;
    }
    void begin_phase(std::span<const std::string>) override {}
    void take_facts(std::vector<std::string>&) override {}
    std::span<const sim::Finding> findings() const override { return grown_; }
    sim::Report describe(const sim::Finding&, std::uint64_t,
                         std::span<const sim::Choice>) override {
      return {sim::FindingKind::leak, "grown", "", ""};
    }
    sim::Report describe(const sim::Death&, std::uint64_t, std::span<const sim::Choice>) override {
      return {};
    }

   private:
    Program program_{2, bench::store_buffering};
    std::uint64_t executions_ = 0;
    std::size_t before_ = 0;
    std::vector<sim::Finding> grown_;
  } subject;
  const std::size_t before = resident_bytes();
  const sim::CampaignResult result = run_campaign(subject, random_options(1'000'001, 1));
  EXPECT_EQ(result.counts.finished, 1'000'001u);
  EXPECT_TRUE(result.findings.empty());
  EXPECT_LT(resident_bytes(), before + (1u << 20));
}

}  // namespace
}  // namespace heddle::tests
