// Searches that go on from saved states make the executions that they would make from the start.
#include <algorithm>
#include <array>
#include <atomic>
#include <memory_resource>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "checkers/digest.hpp"
#include "checkers/set.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/explore/dpor.hpp"
#include "sim/kernel/spinlock.hpp"
#include "tests/support/explore.hpp"

namespace heddle::sim {
namespace {

using tests::machine;
using tests::run_once;
using tests::with_cpus;

/// What is seen of the executions of a search.
struct Seen {
  std::vector<std::uint64_t> digests;
  std::uint64_t steps = 0;
  std::uint64_t kept = 0;
};

template <class Body>
Seen search(SplitSearch& strategy, const Body& body, bool snapshots, std::uint64_t executions) {
  machine().configure(with_cpus(4));
  machine().detach_all();
  machine().use_snapshots(snapshots);
  checkers::CheckerSet checkers;
  checkers.attach_to(machine());
  checkers::Digest digest;
  machine().attach(digest);
  Seen seen;
  for (std::uint64_t i = 0; i < executions && strategy.has_next(); ++i) {
    strategy.end(run_once(body, strategy.begin(i)));
    EXPECT_FALSE(strategy.diverged());
    EXPECT_TRUE(machine().findings().empty());
    seen.digests.push_back(digest.value());
    seen.steps += machine().steps();
    seen.kept += machine().steps_kept();
  }
  machine().detach_all();
  machine().use_snapshots(true);
  return seen;
}

template <class Body>
Seen dpor(const Body& body, bool snapshots) {
  Dpor search(*std::pmr::new_delete_resource(), {Reduction::optimal, 100});
  return sim::search(search, body, snapshots, 10'000);
}

template <class Body>
Seen dfs(const Body& body, bool snapshots) {
  const StayOrder order;
  DepthFirstSearch search(*std::pmr::new_delete_resource(), order, {2, 10'000});
  return sim::search(search, body, snapshots, 10'000);
}

void locked_increments(World& world) {
  struct Shared {
    kernel::spinlock_t lock = kernel::SPIN_LOCK_UNLOCKED("counter");
    std::atomic<int> counter{0};
    int sum = 0;
  };
  auto& shared = world.create<Shared>();
  for (std::uint16_t i = 0; i < 3; ++i)
    world.task("adder", Cpu{i}, [&shared, i] {
      std::array<int, 40> own{};
      for (int round = 0; round < 2; ++round) {
        own[static_cast<std::size_t>(shared.counter.fetch_add(1))] = i;
        kernel::spin_lock(&shared.lock);
        shared.sum += own[static_cast<std::size_t>(round)];
        kernel::spin_unlock(&shared.lock);
      }
    });
}

TEST(Snapshots, ASearchMakesTheSameExecutionsWithThem) {
  const Seen with = dpor(locked_increments, true);
  const Seen without = dpor(locked_increments, false);
  EXPECT_EQ(with.digests, without.digests);
  EXPECT_EQ(with.steps, without.steps);
  EXPECT_GT(with.digests.size(), 1'000u);
  EXPECT_EQ(without.kept, 0u);
  if (has_snapshots) {
    EXPECT_GT(with.kept, with.steps / 3);
  }
}

TEST(Snapshots, ASearchWithoutReductionDoesToo) {
  const Seen with = dfs(locked_increments, true);
  const Seen without = dfs(locked_increments, false);
  EXPECT_EQ(with.digests, without.digests);
  EXPECT_EQ(with.steps, without.steps);
  EXPECT_EQ(without.kept, 0u);
  if (has_snapshots) {
    EXPECT_GT(with.kept, with.steps / 3);
  }
}

/// How many of ten random executions ran from their start.
template <class Body>
int from_their_start(const Body& body) {
  struct Begins final : Observer {
    void begin(Machine&) override { ++count; }
    bool archive(Archive&) override { return true; }
    int count = 0;
  } begins;
  machine().detach_all();
  machine().configure(with_cpus(4));
  machine().assume_same_setup();
  machine().attach(begins);
  RandomChooser random;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    random.seed(seed);
    run_once(body, random);
  }
  machine().detach_all();
  return begins.count;
}

TEST(Snapshots, SamplersBeginAtTheStateBeforeTheFirstChoice) {
  const int begun = from_their_start(locked_increments);
  // In the first one tables of the machine may still grow, which looks like an allocation.
  EXPECT_LE(begun, has_snapshots ? 2 : 10);
  EXPECT_GE(begun, 1);
}

TEST(Snapshots, ThereIsNoSuchStateWhereTheSetUpChooses) {
  EXPECT_EQ(from_their_start([](World& world) {
              (void)world.choose(2);
              locked_increments(world);
            }),
            10);
}

/// A race with what a task does before its first choice, in some schedules.
void early_write(World& world) {
  struct Shared {
    std::atomic<int> turns{0};
    int early = 0;
    int late = 0;
  };
  auto& shared = world.create<Shared>();
  world.task("writer", Cpu{0}, [&shared] {
    shared.early = 1;
    shared.turns.fetch_add(1);
  });
  world.task("reader", Cpu{1}, [&shared] {
    shared.turns.fetch_add(1);
    shared.late = shared.early;
  });
}

TEST(Snapshots, SamplersAndSearchesMayTakeTurns) {
  checkers::CheckerSet checkers;
  const auto take_turns = [&](bool snapshots) {
    machine().detach_all();
    machine().configure(with_cpus(4));
    machine().use_snapshots(snapshots);
    machine().assume_same_setup();
    checkers.attach_to(machine());
    RandomChooser random;
    std::string races;
    for (std::uint64_t i = 0; i < 10; ++i) {
      Dpor search(*std::pmr::new_delete_resource(), {Reduction::optimal, 100});
      while (search.has_next()) search.end(run_once(early_write, search.begin(0)));
      for (std::uint64_t seed = 0; seed < 5; ++seed) {
        random.seed(seed);
        run_once(early_write, random);
        races += machine().findings().empty() ? '-' : 'r';
      }
    }
    machine().detach_all();
    return races;
  };
  const std::string races = take_turns(true);
  EXPECT_EQ(races, take_turns(false));
  EXPECT_NE(races.find('-'), std::string::npos);
  EXPECT_NE(races.find('r'), std::string::npos);
  machine().use_snapshots(true);
}

TEST(Snapshots, MemoryOutsideOfTheArenaIsWrittenInEachExecution) {
  int writes = 0;
  const auto body = [&writes](World& world) {
    auto& counter = world.create<std::atomic<int>>(0);
    for (std::uint16_t i = 0; i < 2; ++i)
      world.task("adder", Cpu{i}, [&counter, &writes] {
        for (int round = 0; round < 5; ++round) {
          counter.fetch_add(1);
          ++writes;
        }
      });
  };
  const Seen seen = dpor(body, true);
  EXPECT_EQ(seen.digests.size(), 252u);
  EXPECT_EQ(writes, 252 * 10);
}

TEST(Snapshots, SoIsMemoryThatAContainerHasOutsideOfTheArena) {
  std::vector<std::string> texts;
  const auto body = [&texts](World& world) {
    auto& text = world.create<std::string>();
    auto& counter = world.create<std::atomic<int>>(0);
    for (std::uint16_t i = 0; i < 2; ++i)
      world.task("writer", Cpu{i}, [&text, &counter, i] {
        for (int round = 0; round < 5; ++round) {
          counter.fetch_add(1);
          text += std::string(20, static_cast<char>('a' + i));
        }
      });
    world.finally([&text, &texts] { texts.push_back(text); });
  };
  machine().use_snapshots(true);
  machine().configure(with_cpus(2));
  Dpor search(*std::pmr::new_delete_resource(), {Reduction::optimal, 100});
  for (std::uint64_t i = 0; search.has_next(); ++i) search.end(run_once(body, search.begin(i)));
  ASSERT_EQ(texts.size(), 252u);
  for (const std::string& text : texts)
    EXPECT_EQ(std::count(text.begin(), text.end(), 'a'), 100) << text;
}

TEST(Snapshots, AnExceptionThatIsHandledBelongsToItsExecution) {
  struct Nothing {};  // making one writes to no memory that could be seen
  const auto body = [](World& world) {
    auto& counter = world.create<std::atomic<int>>(0);
    for (std::uint16_t i = 0; i < 3; ++i)
      world.task("thrower", Cpu{i}, [&counter] {
        for (int round = 0; round < 2; ++round) {
          try {
            throw Nothing{};
          } catch (const Nothing&) {
            counter.fetch_add(1);
          }
        }
      });
  };
  const Seen with = dpor(body, true);
  EXPECT_EQ(with.digests.size(), 90u);
  EXPECT_EQ(with.digests, dpor(body, false).digests);
}

TEST(Snapshots, AreNotUsedWhereAnObserverKnowsNoneOfThem) {
  struct Counter final : Observer {
    EventMask events() const override { return {EventKind::exchange}; }
    void event(Machine&, const Event&) override { ++count; }
    int count = 0;
  } counter;
  machine().configure(with_cpus(4));
  machine().detach_all();
  machine().attach(counter);
  Dpor search(*std::pmr::new_delete_resource(), {Reduction::optimal, 100});
  int executions = 0;
  for (; search.has_next(); ++executions) {
    search.end(run_once(
        [](World& world) {
          auto& sum = world.create<std::atomic<int>>(0);
          for (std::uint16_t i = 0; i < 3; ++i)
            world.task("adder", Cpu{i}, [&sum] { sum.fetch_add(1); });
        },
        search.begin(0)));
    EXPECT_EQ(machine().steps_kept(), 0u);
  }
  machine().detach_all();
  EXPECT_EQ(executions, 6);
  EXPECT_EQ(counter.count, 18);
}

}  // namespace
}  // namespace heddle::sim
