// What the order of locks is learnt from, and what it is not.
#include "checkers/lock_order.hpp"

#include <string_view>

#include <gtest/gtest.h>

#include "sim/kernel/preempt.hpp"
#include "sim/kernel/spinlock.hpp"
#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using namespace sim::kernel;
using sim::Cpu;
using sim::FindingKind;
using sim::Level;
using sim::Task;
using sim::World;

template <class Body>
tests::Exploration explore_orders(Body&& body, std::uint64_t executions = 50) {
  LockOrderChecker order;
  return tests::explore(tests::with_cpus(2), {&order}, executions, body);
}

struct Locks {
  spinlock_t a = SPIN_LOCK_UNLOCKED("a");
  spinlock_t b = SPIN_LOCK_UNLOCKED("b");
  spinlock_t c = SPIN_LOCK_UNLOCKED("c");
  spinlock_t other_a = SPIN_LOCK_UNLOCKED("a");
};

void take_both(spinlock_t& first, spinlock_t& second) {
  spin_lock(&first);
  spin_lock(&second);
  spin_unlock(&second);
  spin_unlock(&first);
}

TEST(LockOrder, ACircleIsSeenWithoutADeadlock) {
  // One task after the other, so they cannot meet.
  const auto result = explore_orders([](World& world) {
    auto& locks = world.create<Locks>();
    Task first = world.task("first", Cpu{0}, [&locks] { take_both(locks.a, locks.b); });
    world.task("second", Cpu{1}, [&locks, first]() mutable {
      first.join();
      take_both(locks.b, locks.a);
    });
  });
  EXPECT_EQ(result.count(FindingKind::lock_order), result.executions);
  for (const sim::Finding& finding : result.findings) {
    EXPECT_FALSE(finding.fatal);
    ASSERT_EQ(finding.actor_count, 4u) << "who holds and who takes, on both sides";
    EXPECT_EQ(finding.actors[0].context, finding.actors[1].context);
    EXPECT_EQ(finding.actors[2].context, finding.actors[3].context);
    EXPECT_NE(finding.actors[0].context, finding.actors[2].context);
    EXPECT_EQ(finding.actors[0].object, finding.actors[3].object);
    EXPECT_EQ(finding.actors[1].object, finding.actors[2].object);
  }
}

TEST(LockOrder, ACircleOfThreeIsSeen) {
  const auto result = explore_orders(
      [](World& world) {
        auto& locks = world.create<Locks>();
        world.task("task", Cpu{0}, [&locks] {
          take_both(locks.a, locks.b);
          take_both(locks.b, locks.c);
          take_both(locks.c, locks.a);
        });
      },
      1);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].actor_count, 6u);
}

TEST(LockOrder, LocksOfOneClassStandForEachOther) {
  const auto result = explore_orders(
      [](World& world) {
        auto& locks = world.create<Locks>();
        world.task("task", Cpu{0}, [&locks] {
          take_both(locks.a, locks.b);
          take_both(locks.b, locks.other_a);
        });
      },
      1);
  EXPECT_TRUE(result.found(FindingKind::lock_order));
}

TEST(LockOrder, OneOrderIsFineHoweverOftenAndDeep) {
  const auto result = explore_orders([](World& world) {
    auto& locks = world.create<Locks>();
    for (std::uint16_t i = 0; i < 2; ++i)
      world.task("task", Cpu{i}, [&locks] {
        spin_lock(&locks.a);
        take_both(locks.b, locks.c);
        spin_unlock(&locks.a);
        take_both(locks.a, locks.c);
        take_both(locks.b, locks.c);
      });
  });
  EXPECT_TRUE(result.clean());
}

TEST(LockOrder, AReleaseOutOfOrderIsFine) {
  const auto result = explore_orders(
      [](World& world) {
        auto& locks = world.create<Locks>();
        world.task("task", Cpu{0}, [&locks] {
          spin_lock(&locks.a);
          const bool taken = spin_trylock(&locks.b);
          spin_unlock(&locks.a);
          spin_lock(&locks.c);  // behind b, and no longer behind a
          spin_unlock(&locks.c);
          if (taken) spin_unlock(&locks.b);
          take_both(locks.c, locks.a);
        });
      },
      1);
  EXPECT_TRUE(result.clean());
}

TEST(LockOrder, NothingLeadsToATrylock) {
  const auto result = explore_orders([](World& world) {
    auto& locks = world.create<Locks>();
    Task first = world.task("first", Cpu{0}, [&locks] { take_both(locks.a, locks.b); });
    world.task("second", Cpu{1}, [&locks, first]() mutable {
      first.join();
      spin_lock(&locks.b);
      if (spin_trylock(&locks.a)) spin_unlock(&locks.a);
      spin_unlock(&locks.b);
    });
  });
  EXPECT_TRUE(result.clean());
}

TEST(LockOrder, ATrylockedLockLeadsToOthers) {
  const auto result = explore_orders(
      [](World& world) {
        auto& locks = world.create<Locks>();
        world.task("task", Cpu{0}, [&locks] {
          if (spin_trylock(&locks.a)) {
            spin_lock(&locks.b);
            spin_unlock(&locks.b);
            spin_unlock(&locks.a);
          }
          take_both(locks.b, locks.a);
        });
      },
      1);
  EXPECT_TRUE(result.found(FindingKind::lock_order));
}

TEST(LockOrder, AHandlerMayTryALockThatIsTakenWithInterruptsOn) {
  const auto result = explore_orders([](World& world) {
    auto& locks = world.create<Locks>();
    world.task("task", Cpu{0}, [&locks] {
      spin_lock(&locks.a);
      spin_unlock(&locks.a);
    });
    world
        .interrupt("interrupt", Cpu{0}, Level::hardirq, 0,
                   [&locks] {
                     if (spin_trylock(&locks.a)) spin_unlock(&locks.a);
                   })
        .raise();
  });
  EXPECT_TRUE(result.clean());
}

TEST(LockOrder, AHardirqsLockMustNotBeTakenWithOnlySoftirqsOff) {
  const auto result = explore_orders([](World& world) {
    auto& locks = world.create<Locks>();
    world.task("task", Cpu{0}, [&locks] {
      spin_lock_bh(&locks.a);
      spin_unlock_bh(&locks.a);
    });
    world
        .interrupt("interrupt", Cpu{1}, Level::hardirq, 0,
                   [&locks] {
                     spin_lock(&locks.a);
                     spin_unlock(&locks.a);
                   })
        .raise();
  });
  EXPECT_EQ(result.count(FindingKind::lock_order), result.executions) << "whatever the order";
}

TEST(LockOrder, AHardirqsLockMustNotBeTakenInASoftirqWithInterruptsOn) {
  const auto result = explore_orders([](World& world) {
    auto& locks = world.create<Locks>();
    const auto body = [&locks] {
      spin_lock(&locks.a);
      spin_unlock(&locks.a);
    };
    world.interrupt("softirq", Cpu{0}, Level::softirq, 0, body).raise();
    world.interrupt("interrupt", Cpu{1}, Level::hardirq, 0, body).raise();
    world.task("task", Cpu{0}, [] {});
  });
  EXPECT_TRUE(result.found(FindingKind::lock_order));
}

TEST(LockOrder, ALockMayBeTakenWithInterruptsOffByOtherMeans) {
  const auto result = explore_orders([](World& world) {
    auto& locks = world.create<Locks>();
    world.task("task", Cpu{0}, [&locks] {
      local_irq_disable();
      spin_lock(&locks.a);
      spin_unlock(&locks.a);
      local_irq_enable();
    });
    world
        .interrupt("interrupt", Cpu{0}, Level::hardirq, 0,
                   [&locks] {
                     spin_lock(&locks.a);
                     spin_unlock(&locks.a);
                   })
        .raise();
  });
  EXPECT_TRUE(result.clean());
}

TEST(LockOrder, ALongerWayFromAHandlersLockIsSeen) {
  const auto result = explore_orders([](World& world) {
    auto& locks = world.create<Locks>();
    world
        .interrupt("interrupt", Cpu{1}, Level::hardirq, 0,
                   [&locks] {
                     spin_lock(&locks.a);
                     spin_unlock(&locks.a);
                   })
        .raise();
    world.task("task", Cpu{0}, [&locks] {
      local_irq_disable();
      take_both(locks.b, locks.c);
      take_both(locks.a, locks.b);
      local_irq_enable();
      spin_lock(&locks.c);
      spin_unlock(&locks.c);
    });
  });
  EXPECT_EQ(result.count(FindingKind::lock_order), result.executions);
}

TEST(LockOrder, SetUpAndFinallyDoNotCount) {
  const auto result = explore_orders([](World& world) {
    auto& locks = world.create<Locks>();
    take_both(locks.b, locks.a);
    world.task("task", Cpu{0}, [&locks] { take_both(locks.a, locks.b); });
    world.finally([&locks] { take_both(locks.b, locks.a); });
  });
  EXPECT_TRUE(result.clean());
}

}  // namespace
}  // namespace heddle::checkers
