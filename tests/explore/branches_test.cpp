// Campaigns of searches with helper processes come to the same counts as with one process.
#include <memory_resource>
#include <new>

#include <gtest/gtest.h>

#include "sim/explore/campaign.hpp"
#include "tests/explore/counted_rows.hpp"
#include "tests/explore/searches.hpp"

namespace heddle::tests {
namespace {

using sim::Reduction;

/// A counted program as campaigns explore it; nothing is found in it.
class CountedSubject final : public sim::Subject {
 public:
  explicit CountedSubject(const CountedRow& row)
      : execution_(machine(), *bench::counted_program(row.program), row.n, row.k) {}
  sim::Outcome run(sim::Chooser& chooser, sim::ChoiceLog log) override {
    return execution_.run(chooser, log);
  }
  void begin_phase(std::span<const std::string>) override {}
  void take_facts(std::vector<std::string>&) override {}
  std::span<const sim::Finding> findings() const override { return {}; }
  sim::Report describe(const sim::Finding&, std::uint64_t, std::span<const sim::Choice>) override {
    return {};
  }
  sim::Report describe(const sim::Death&, std::uint64_t, std::span<const sim::Choice>) override {
    return {};
  }

 private:
  bench::CountedExecution execution_;
};

sim::CampaignResult explored_by(const CountedRow& row, Reduction reduction, std::uint32_t jobs) {
  CountedSubject subject(row);
  sim::StayOrder order;
  sim::CampaignOptions options;
  options.executions = 0;
  options.jobs = jobs;
  options.split = true;
  options.strategy = [&](std::pmr::memory_resource& memory) -> sim::Strategy& {
    if (reduction == Reduction::none) {
      void* room = memory.allocate(sizeof(sim::DepthFirstSearch), alignof(sim::DepthFirstSearch));
      return *new (room) sim::DepthFirstSearch(memory, order, {sim::no_preemption_bound, 10'000});
    }
    void* room = memory.allocate(sizeof(sim::MeasuredDpor), alignof(sim::MeasuredDpor));
    return *new (room) sim::MeasuredDpor(memory, {reduction, 1'000, row.preemptions});
  };
  return sim::run_campaign(subject, options);
}

void expect_equal_under_all_jobs(const CountedRow& row, Reduction reduction,
                                 std::uint64_t finished) {
  const sim::CampaignResult alone = explored_by(row, reduction, 1);
  EXPECT_EQ(alone.counts.finished, finished) << row.program << ' ' << word(reduction);
  for (const std::uint32_t jobs : {2, 3, 5}) {
    const sim::CampaignResult split = explored_by(row, reduction, jobs);
    EXPECT_TRUE(split.exhausted);
    EXPECT_EQ(split.counts, alone.counts) << row.program << ' ' << word(reduction) << ' ' << jobs;
    EXPECT_EQ(split.depth, alone.depth) << row.program << ' ' << word(reduction) << ' ' << jobs;
  }
}

TEST(Branches, OfOptimalReductionMakeEachTraceOnce) {
  for (const CountedRow& row : counted_rows("always")) {
    if (row.traces < 60) continue;
    expect_equal_under_all_jobs(row, Reduction::optimal, row.traces);
    if (row.preemptions == sim::no_preemption_bound) {
      EXPECT_EQ(explored_by(row, Reduction::optimal, 2).counts.all(), row.traces) << row.program;
    }
  }
}

TEST(Branches, OfSourceReductionAreTheSameWithTheBlockedOnes) {
  for (const CountedRow& row : counted_rows("always"))
    if (row.traces >= 60 && row.traces < 5'000)
      expect_equal_under_all_jobs(row, Reduction::source, row.traces);
}

TEST(Branches, OfSleepSetsAreTheSameWithTheBlockedOnes) {
  for (const CountedRow& row : counted_rows("always"))
    if (row.traces >= 60 && row.traces < 1'700 && row.n <= 7)
      expect_equal_under_all_jobs(row, Reduction::sleep, row.traces);
}

TEST(Branches, OfTheSearchOfAllExecutionsAreTheSame) {
  expect_equal_under_all_jobs({"inc", 3, 3, 1'680}, Reduction::none, 1'680);
  expect_equal_under_all_jobs({"inc", 2, 5, 0}, Reduction::none, 252);
}

}  // namespace
}  // namespace heddle::tests
