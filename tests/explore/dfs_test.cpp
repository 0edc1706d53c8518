// Depth-first search: exact counts of executions, bounds on preemptions, no allocation.
#include "sim/explore/dfs.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory_resource>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "bench/programs.hpp"
#include "tests/explore/program.hpp"

namespace heddle::tests {
namespace {

using sim::Cpu;
using sim::World;

/// A search that takes every way, and what it is made of.
struct Search {
  explicit Search(std::uint32_t preemptions = sim::no_preemption_bound)
      : dfs(*std::pmr::new_delete_resource(), order, {preemptions, 10'000}) {}
  sim::StayOrder order;
  sim::DepthFirstSearch dfs;
};

sim::Counts exhaust(Program program, std::uint32_t preemptions = sim::no_preemption_bound) {
  Search search(preemptions);
  const sim::Counts counts = explore_all(program, search.dfs);
  EXPECT_FALSE(search.dfs.has_next());
  EXPECT_FALSE(search.dfs.diverged());
  return counts;
}

TEST(DepthFirstSearch, TakesEverySequenceOfStepsOnce) {
  EXPECT_EQ(exhaust({2, bench::store_buffering}).finished, 6u);
  EXPECT_EQ(exhaust({3, bench::increments<3, 3>}).finished, 1'680u);
  EXPECT_EQ(exhaust({5, bench::readers<4>}).finished, 120u);
  EXPECT_EQ(exhaust({1, bench::counter<5>}).finished, 1u);
}

TEST(DepthFirstSearch, CountsWaysOfEndingApart) {
  const sim::Counts counts = exhaust({2, bench::store_buffering});
  EXPECT_EQ(counts.complete(), 6u);
  EXPECT_EQ(counts.stuck + counts.stopped + counts.bound_reached + counts.blocked, 0u);

  sim::MachineConfig config = with_cpus(2);
  config.limits.steps_max = 3;
  const sim::Counts cut = exhaust({config, bench::store_buffering});
  EXPECT_EQ(cut.bound_reached, cut.all());
  EXPECT_EQ(cut.complete(), 0u);
}

std::pair<int, int> buffered;

void observed_store_buffering(World& world) {
  auto& x = world.create<std::atomic<int>>(0);
  auto& y = world.create<std::atomic<int>>(0);
  world.task("left", Cpu{0}, [&] {
    x.store(1);
    buffered.first = y.load();
  });
  world.task("right", Cpu{1}, [&] {
    y.store(1);
    buffered.second = x.load();
  });
}

TEST(DepthFirstSearch, ReachesTheThreeOutcomesOfStoreBufferingAndNoOther) {
  Program program(2, observed_store_buffering);
  Search search;
  std::multiset<std::pair<int, int>> outcomes;
  explore_all(program, search.dfs, [&] { outcomes.insert(buffered); });
  EXPECT_EQ(outcomes,
            (std::multiset<std::pair<int, int>>{{0, 1}, {1, 0}, {1, 1}, {1, 1}, {1, 1}, {1, 1}}));
}

void two_choices(World& world) {
  auto& x = world.create<std::atomic<int>>(0);
  world.task("one", Cpu{0}, [&world, &x] { x.store(static_cast<int>(world.choose(3))); });
  world.task("two", Cpu{1}, [&world, &x] {
    if (x.load() == 2) (void)world.choose(5);
  });
}

TEST(DepthFirstSearch, BranchesIntoEveryValue) {
  // The load comes first: 3 ways. Else 0 and 1: one way each, and 2: five.
  EXPECT_EQ(exhaust({2, two_choices}).finished, 3u + 2u + 5u);
}

/// Counts what is asked of it.
class Counting final : public std::pmr::memory_resource {
 public:
  int allocations = 0;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    ++allocations;
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* room, std::size_t bytes, std::size_t alignment) override {
    std::pmr::new_delete_resource()->deallocate(room, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

TEST(DepthFirstSearch, AllocatesItsPathOnce) {
  Counting memory;
  const sim::StayOrder order;
  sim::DepthFirstSearch dfs(memory, order, {});
  Program program(3, bench::increments<3, 3>);
  explore_all(program, dfs);
  EXPECT_EQ(memory.allocations, 1);
}

// ---- preemptions --------------------------------------------------------------------------------

/// Chooses like another, and counts the preemptions by the definition's own words.
class PreemptionMeter final : public sim::Chooser {
 public:
  explicit PreemptionMeter(sim::Chooser& chooser) : chooser_(chooser) {}
  sim::ContextId schedule(const sim::SchedulePoint& point) override {
    const sim::ContextId chosen = chooser_.schedule(point);
    if (chosen == sim::no_context) return chosen;
    const auto kind = [&](sim::ContextId id) { return point.operation(id).kind; };
    const bool landing = kind(chosen) == sim::EventKind::interrupt;
    bool only_landings = true;
    for (std::uint32_t i = 0; i < point.enabled.count(); ++i)
      only_landings = only_landings && kind(point.enabled.nth(i)) == sim::EventKind::interrupt;
    const bool last_goes_on = point.last_is_enabled() &&
                              kind(point.last) != sim::EventKind::interrupt &&
                              kind(point.last) != sim::EventKind::yield;
    if ((last_goes_on && chosen != point.last) || (landing && !only_landings)) ++preemptions;
    schedule_.push_back(chosen.value);
    return chosen;
  }
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override {
    schedule_.push_back(chooser_.value(reason, arity));
    return schedule_.back();
  }
  const std::vector<std::uint32_t>& choices() const { return schedule_; }

  std::uint32_t preemptions = 0;

 private:
  sim::Chooser& chooser_;
  std::vector<std::uint32_t> schedule_;
};

struct Explored {
  std::vector<std::uint32_t> choices;
  std::uint32_t preemptions;
  friend auto operator<=>(const Explored&, const Explored&) = default;
};

std::vector<Explored> all_executions(Program program, std::uint32_t bound) {
  Search search(bound);
  std::vector<Explored> all;
  while (search.dfs.has_next()) {
    PreemptionMeter meter(search.dfs.begin(all.size()));
    const sim::Outcome outcome = program.run(meter, {});
    search.dfs.end(outcome);
    EXPECT_EQ(outcome, sim::Outcome::finished);
    all.push_back({meter.choices(), meter.preemptions});
  }
  std::sort(all.begin(), all.end());
  return all;
}

/// With a bound, exactly those executions are made that have at most so many preemptions.
void expect_bounds_hold(Program program, std::uint32_t preemptions_max) {
  const std::vector<Explored> all = all_executions(program, sim::no_preemption_bound);
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
  std::uint32_t most = 0;
  for (const Explored& execution : all) most = std::max(most, execution.preemptions);
  EXPECT_EQ(most, preemptions_max);
  for (std::uint32_t bound = 0; bound <= most; ++bound) {
    std::vector<Explored> expected;
    std::copy_if(all.begin(), all.end(), std::back_inserter(expected),
                 [&](const Explored& execution) { return execution.preemptions <= bound; });
    EXPECT_EQ(all_executions(program, bound), expected) << "bound " << bound;
    EXPECT_FALSE(expected.empty());
  }
}

void with_interrupts(World& world) {
  auto& x = world.create<std::atomic<int>>(0);
  world.task("task", Cpu{0}, [&] {
    x.fetch_add(1);
    x.fetch_add(1);
  });
  world.task("other", Cpu{0}, [&] { x.fetch_add(1); });
  world.interrupt("irq", Cpu{0}, sim::Level::hardirq, 2, [&] { x.fetch_add(1); });
}

TEST(PreemptionBound, KeepsExactlyTheExecutionsWithinIt) {
  expect_bounds_hold({3, bench::increments<3, 2>}, 3);
  expect_bounds_hold({2, bench::store_buffering}, 2);
  expect_bounds_hold({2, bench::increments<2, 3>}, 4);
}

TEST(PreemptionBound, CountsLandingsOfInterrupts) { expect_bounds_hold({1, with_interrupts}, 3); }

TEST(PreemptionBound, OfZeroLeavesTheOrdersOfWholeTasks) {
  EXPECT_EQ(exhaust({3, bench::increments<3, 3>}, 0).finished, 6u);
}

// ---- going on after a death ---------------------------------------------------------------------

TEST(DepthFirstSearch, GoesOnBehindAnExecutionThatDied) {
  Program program(2, bench::store_buffering);
  for (std::uint64_t dies_at = 0; dies_at < 6; ++dies_at) {
    Search search;
    std::set<std::vector<std::uint32_t>> seen;
    for (std::uint64_t k = 0; search.dfs.has_next(); ++k) {
      PreemptionMeter meter(search.dfs.begin(k));
      program.run(meter, {});
      EXPECT_TRUE(seen.insert(meter.choices()).second);
      search.dfs.end(k == dies_at ? sim::Outcome::stopped : sim::Outcome::finished);
    }
    EXPECT_EQ(seen.size(), 6u);
  }
}

bool changes = false;

void unsteady(World& world) {
  auto& x = world.create<std::atomic<int>>(0);
  world.task("one", Cpu{0}, [&] { x.store(1); });
  world.task("two", Cpu{1}, [&] { x.store(2); });
  if (changes) world.task("three", Cpu{1}, [&] { x.store(3); });
  changes = !changes;
}

TEST(DepthFirstSearch, NoticesAProgramThatIsNotDeterministic) {
  Program program(2, unsteady);
  Search search;
  changes = false;
  explore_all(program, search.dfs, {}, 2);
  EXPECT_TRUE(search.dfs.diverged());
}

}  // namespace
}  // namespace heddle::tests
