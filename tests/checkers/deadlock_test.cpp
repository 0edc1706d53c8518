// Circles of waiting: who is in them, and that nobody else is.
#include "checkers/deadlock.hpp"

#include <atomic>
#include <set>
#include <string_view>

#include <gtest/gtest.h>

#include "sim/kernel/preempt.hpp"
#include "sim/kernel/spinlock.hpp"
#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using namespace sim::kernel;
using sim::Cpu;
using sim::Finding;
using sim::FindingKind;
using sim::Level;
using sim::ObjectClass;
using sim::World;

template <class Body>
tests::Exploration explore_deadlocks(std::uint16_t cpus, Body&& body,
                                     std::uint64_t executions = 200) {
  DeadlockChecker deadlock;
  return tests::explore(tests::with_cpus(cpus), {&deadlock}, executions, body);
}

TEST(Deadlock, TheCircleIsNamedAndNobodyElse) {
  struct Forks {
    spinlock_t at[3] = {SPIN_LOCK_UNLOCKED("fork"), SPIN_LOCK_UNLOCKED("fork"),
                        SPIN_LOCK_UNLOCKED("fork")};
  };
  const auto result = explore_deadlocks(4, [](World& world) {
    auto& forks = world.create<Forks>();
    for (std::uint16_t i = 0; i < 3; ++i)
      world.task("philosopher", Cpu{i}, [&forks, i] {
        spin_lock(&forks.at[i]);
        spin_lock(&forks.at[(i + 1) % 3]);
        spin_unlock(&forks.at[(i + 1) % 3]);
        spin_unlock(&forks.at[i]);
      });
    world.task("bystander", Cpu{3}, [&forks] {
      spin_lock(&forks.at[0]);
      spin_unlock(&forks.at[0]);
    });
  });
  ASSERT_TRUE(result.found(FindingKind::deadlock));
  for (const Finding& finding : result.findings) {
    EXPECT_EQ(finding.kind, FindingKind::deadlock);
    EXPECT_TRUE(finding.fatal);
    ASSERT_EQ(finding.actor_count, 3u);
    EXPECT_EQ(finding.number, 3u);
    std::set<sim::ContextId> contexts;
    std::set<sim::ObjectId> objects;
    for (std::size_t i = 0; i < 3; ++i) {
      contexts.insert(finding.actors[i].context);
      objects.insert(finding.actors[i].object);
      EXPECT_NE(finding.actors[i].place.pc, 0u);
      EXPECT_EQ(std::string_view(finding.actors[i].verb), "waits for");
    }
    EXPECT_EQ(contexts.size(), 3u);
    EXPECT_EQ(objects.size(), 3u);
    EXPECT_EQ(finding.actors[0].context, *contexts.begin()) << "the least context comes first";
  }
}

TEST(Deadlock, AnInterruptedHolderWaitsForItsCpu) {
  const auto result = explore_deadlocks(1, [](World& world) {
    auto& lock = world.create<spinlock_t>(SPIN_LOCK_UNLOCKED("lock"));
    const auto body = [&lock] {
      spin_lock(&lock);
      spin_unlock(&lock);
    };
    world.task("task", Cpu{0}, body);
    world.interrupt("interrupt", Cpu{0}, Level::hardirq, 1, body);
  });
  ASSERT_TRUE(result.found(FindingKind::deadlock));
  for (const Finding& finding : result.findings) {
    ASSERT_EQ(finding.actor_count, 2u);
    EXPECT_EQ(finding.actors[0].object.cls(), ObjectClass::cpu);
    EXPECT_EQ(finding.actors[1].object.cls(), ObjectClass::memory);
  }
}

TEST(Deadlock, WaitingForWhatOneHoldsIsACircleOfOne) {
  const auto result = explore_deadlocks(
      1,
      [](World& world) {
        auto& lock = world.create<spinlock_t>(SPIN_LOCK_UNLOCKED("lock"));
        world.task("task", Cpu{0}, [&lock] {
          spin_lock(&lock);
          spin_lock(&lock);
        });
      },
      1);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].actor_count, 1u);
}

TEST(Deadlock, ItIsSeenWhileOthersGoOn) {
  std::uint64_t counted = 0;
  const auto result = explore_deadlocks(3, [&counted](World& world) {
    auto& a = world.create<spinlock_t>(SPIN_LOCK_UNLOCKED("a"));
    auto& b = world.create<spinlock_t>(SPIN_LOCK_UNLOCKED("b"));
    auto& counter = world.create<std::atomic<int>>(0);
    const auto both = [](spinlock_t& first, spinlock_t& second) {
      spin_lock(&first);
      spin_lock(&second);
      spin_unlock(&second);
      spin_unlock(&first);
    };
    world.task("ab", Cpu{0}, [&a, &b, both] { both(a, b); });
    world.task("ba", Cpu{1}, [&a, &b, both] { both(b, a); });
    world.task("counter", Cpu{2}, [&counter, &counted] {
      for (int i = 0; i < 1000; ++i) counter.fetch_add(1);
      ++counted;
    });
  });
  EXPECT_TRUE(result.found(FindingKind::deadlock));
  EXPECT_EQ(counted + result.count(FindingKind::deadlock), result.executions)
      << "the counter ends only where there is no deadlock";
}

TEST(Deadlock, TasksThatJoinEachOtherAreACircle) {
  const auto result = explore_deadlocks(2, [](World& world) {
    struct Tasks {
      std::atomic<sim::Task*> first{nullptr};
    };
    auto& tasks = world.create<Tasks>();
    sim::Task second = world.task("second", Cpu{1}, [&tasks] {
      while (tasks.first.load() == nullptr) cpu_relax();
      tasks.first.load()->join();
    });
    sim::Task first = world.task("first", Cpu{0}, [second]() mutable { second.join(); });
    tasks.first.store(&world.create<sim::Task>(first));
  });
  EXPECT_EQ(result.count(FindingKind::deadlock), result.executions);
}

TEST(Deadlock, AHungTaskIsNamedWithWhatItWaitsFor) {
  const auto result = explore_deadlocks(2, [](World& world) {
    auto& lock = world.create<spinlock_t>(SPIN_LOCK_UNLOCKED("lock"));
    sim::Task waiter = world.task("waiter", Cpu{0}, [&lock] {
      preempt_disable();
      spin_unlock(&lock);  // nobody will get it any more
      spin_lock(&lock);
    });
    world.task("joiner", Cpu{1}, [waiter]() mutable { waiter.join(); });
  });
  EXPECT_EQ(result.count(FindingKind::hung_task), result.executions);
  for (const Finding& finding : result.findings) {
    ASSERT_EQ(finding.actor_count, 2u);
    EXPECT_EQ(finding.actors[0].object.cls(), ObjectClass::memory);
    EXPECT_EQ(finding.actors[1].object.cls(), ObjectClass::context);
  }
}

TEST(Deadlock, ALoopThatOthersWillEndIsNone) {
  const auto result = explore_deadlocks(2, [](World& world) {
    auto& turn = world.create<std::atomic<int>>(0);
    for (std::uint16_t i = 0; i < 2; ++i)
      world.task("player", Cpu{i}, [&turn, i] {
        for (int round = 0; round < 20; ++round) {
          while (turn.load() != i) cpu_relax();
          turn.store(1 - i);
        }
      });
  });
  EXPECT_TRUE(result.clean());
}

}  // namespace
}  // namespace heddle::checkers
