// Who is named when a lock is misused, and what is no misuse.
#include "checkers/lock_misuse.hpp"

#include <atomic>
#include <string_view>

#include <gtest/gtest.h>

#include "sim/kernel/preempt.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"
#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using namespace sim::kernel;
using sim::Cpu;
using sim::FindingKind;
using sim::Level;
using sim::World;

template <class Body>
tests::Exploration explore_misuse(Body&& body, std::uint64_t executions = 50) {
  LockMisuseChecker misuse;
  return tests::explore(tests::with_cpus(2), {&misuse}, executions, body);
}

TEST(LockMisuse, AForeignReleaseNamesTheHolder) {
  const auto result = explore_misuse([](World& world) {
    auto& lock = world.create<spinlock_t>(SPIN_LOCK_UNLOCKED("lock"));
    auto& taken = world.create<std::atomic<bool>>(false);
    world.task("holder", Cpu{0}, [&lock, &taken] {
      spin_lock(&lock);
      taken.store(true);
      while (taken.load()) cpu_relax();
      preempt_enable();
    });
    world.task("other", Cpu{1}, [&lock, &taken] {
      while (!taken.load()) cpu_relax();
      preempt_disable();
      spin_unlock(&lock);
      taken.store(false);
    });
  });
  std::uint64_t foreign = 0;
  for (const sim::Finding& finding : result.findings) {
    if (std::string_view(finding.detail) != "another context holds the lock") continue;
    ++foreign;
    ASSERT_EQ(finding.actor_count, 2u);
    EXPECT_EQ(finding.actors[0].context, sim::ContextId{2});
    EXPECT_EQ(finding.actors[1].context, sim::ContextId{1});
    EXPECT_NE(finding.actors[1].place.pc, 0u);
  }
  EXPECT_EQ(foreign, result.executions);
}

TEST(LockMisuse, AHandlerThatReturnsWithALockIsSeen) {
  const auto result = explore_misuse(
      [](World& world) {
        auto& lock = world.create<spinlock_t>(SPIN_LOCK_UNLOCKED("lock"));
        world.interrupt("interrupt", Cpu{0}, Level::hardirq, 0, [&lock] { spin_lock(&lock); })
            .raise();
      },
      1);
  ASSERT_EQ(result.findings.size(), 1u) << "and not the preemption that the lock has turned off";
  EXPECT_EQ(result.findings[0].kind, FindingKind::lock_misuse);
}

TEST(LockMisuse, AHandlerLeavesInterruptsAsTheyWere) {
  const auto result = explore_misuse([](World& world) {
    for (const Level level : {Level::softirq, Level::hardirq})
      world
          .interrupt("handler", Cpu{0}, level, 0,
                     [] {
                       unsigned long flags = 0;
                       local_irq_save(flags);
                       local_irq_restore(flags);
                     })
          .raise();
  });
  EXPECT_TRUE(result.clean());
}

TEST(LockMisuse, EndingWithInterruptsOffIsSeen) {
  const auto result = explore_misuse(
      [](World& world) { world.task("task", Cpu{0}, [] { local_irq_disable(); }); }, 1);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].kind, FindingKind::wrong_context);
  EXPECT_EQ(std::string_view(result.findings[0].detail), "it ends with interrupts off");
}

TEST(LockMisuse, AStaticallyInitialisedLockNeedsNothingElse) {
  const auto result = explore_misuse([](World& world) {
    struct Object {
      spinlock_t lock = SPIN_LOCK_UNLOCKED("object");
    };
    auto& object = world.create<Object>();
    world.task("task", Cpu{0}, [&object] {
      spin_lock(&object.lock);
      spin_unlock(&object.lock);
      if (spin_trylock(&object.lock)) spin_unlock(&object.lock);
    });
  });
  EXPECT_TRUE(result.clean());
}

TEST(LockMisuse, FreeingANeighbourOfAHeldLockIsFine) {
  const auto result = explore_misuse(
      [](World& world) {
        world.task("task", Cpu{0}, [] {
          void* before = kmalloc(32, GFP_KERNEL);
          auto* lock = static_cast<spinlock_t*>(kmalloc(sizeof(spinlock_t), GFP_KERNEL));
          void* behind = kmalloc(32, GFP_KERNEL);
          spin_lock_init(lock, "lock");
          spin_lock(lock);
          kfree(before);
          kfree(behind);
          spin_unlock(lock);
          kfree(lock);
        });
      },
      1);
  EXPECT_TRUE(result.clean());
}

}  // namespace
}  // namespace heddle::checkers
