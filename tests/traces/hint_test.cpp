// Hints: said where what was recorded is enough to know them, and with the right names.
#include "traces/hint.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/kernel/mutex.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/wait.hpp"
#include "tests/traces/bodies.hpp"
#include "tests/traces/record.hpp"
#include "traces/story_rows.hpp"

namespace heddle::tests {
namespace {

using namespace sim::kernel;
using sim::FindingKind;

/// Of the execution that the script leads to, which must have such a finding.
template <class Body>
std::string hint(FindingKind kind, Body&& body, const std::vector<std::string>& script) {
  const auto recorded = record("test", with_cpus(2), kind, body, script);
  EXPECT_TRUE(recorded);
  if (!recorded) return {};
  const auto* finding = shown_finding(recorded->trace, recorded->recording);
  return story_rows(recorded->recording, finding).hint;
}

struct Shared {
  spinlock_t lock = SPIN_LOCK_UNLOCKED("lock");
  spinlock_t other = SPIN_LOCK_UNLOCKED("other");
  int* block = static_cast<int*>(kzalloc(4, GFP_KERNEL, "block"));
};

Shared& shared(World& world) {
  auto& shared = world.create<Shared>();
  world.name(shared.lock, "lk");
  world.name(shared.other, "other");
  return shared;
}

void use(World& world, Shared& it) {
  world.task("user", Cpu{0}, [&it] { WRITE_ONCE(*it.block, 1); });
}

void use_under_lock(World& world, Shared& it) {
  world.task("user", Cpu{0}, [&it] {
    spin_lock(&it.lock);
    WRITE_ONCE(*it.block, 1);
    spin_unlock(&it.lock);
  });
}

void free_the_block(World& world, Shared& it) {
  world.task("freer", Cpu{1}, [&it] { kfree(it.block); });
}

// ---- freed memory -------------------------------------------------------------------------------

TEST(HintOfFreed, ALockThatTheUserHeldOverTheFree) {
  const auto body = [](World& world) {
    Shared& it = shared(world);
    use_under_lock(world, it);
    free_the_block(world, it);
  };
  EXPECT_EQ(hint(FindingKind::use_after_free, body, {"user", "freer"}),
            "user holds lk from step 1 on: if freer took it to free, it would wait");
}

TEST(HintOfFreed, ALockThatTheUserTookAfterTheFree) {
  const auto body = [](World& world) {
    Shared& it = shared(world);
    use_under_lock(world, it);
    world.task("freer", Cpu{1}, [&it] {
      spin_lock(&it.lock);
      kfree(it.block);
      spin_unlock(&it.lock);
    });
  };
  EXPECT_EQ(hint(FindingKind::use_after_free, body, {"freer", "freer", "freer", "user"}),
            "freer frees under lk, and user takes lk only after that: it could look there whether "
            "the block is gone");
}

TEST(HintOfFreed, DifferentLocksAndNone) {
  const auto body = [](World& world) {
    Shared& it = shared(world);
    use(world, it);
    world.task("freer", Cpu{1}, [&it] {
      spin_lock(&it.other);
      kfree(it.block);
      spin_unlock(&it.other);
    });
  };
  EXPECT_EQ(hint(FindingKind::use_after_free, body, {"freer", "freer", "user"}),
            "no lock is held both where freer frees and where user uses it");
  const auto without = [](World& world) {
    Shared& it = shared(world);
    use(world, it);
    free_the_block(world, it);
  };
  EXPECT_EQ(hint(FindingKind::use_after_free, without, {"freer", "user"}),
            "neither freer nor user holds a lock there, so none keeps the two apart");
}

TEST(HintOfFreed, WhoUsesItHasFreedItItself) {
  const auto body = [](World& world) {
    Shared& it = shared(world);
    world.task("user", Cpu{0}, [&it] {
      kfree(it.block);
      WRITE_ONCE(*it.block, 1);
    });
  };
  EXPECT_EQ(hint(FindingKind::use_after_free, body, {"user"}),
            "user has freed it itself, a step before");
}

// ---- other memory -------------------------------------------------------------------------------

TEST(Hint, HowFarBehindABlock) {
  const auto body = [](World& world) {
    Shared& it = shared(world);
    world.task("user", Cpu{0}, [&it] { WRITE_ONCE(it.block[1], 1); });
  };
  EXPECT_EQ(hint(FindingKind::out_of_bounds, body, {"user"}),
            "the block has 4 bytes: the access begins at its end");
}

TEST(Hint, ThatAZeroedBlockWouldHoldZeros) {
  const auto body = [](World& world) {
    world.task("user", Cpu{0}, [] {
      auto* block = static_cast<int*>(kmalloc(4, GFP_KERNEL, "block"));
      if (*block == 7) WRITE_ONCE(*block, 1);
      kfree(block);
    });
  };
  EXPECT_EQ(hint(FindingKind::uninitialised, body, {"user"}),
            "allocated zeroed (kzalloc, __GFP_ZERO), it would hold zeros there");
}

// ---- waiting ------------------------------------------------------------------------------------

TEST(Hint, WhichSpinningLockForbidsToSleep) {
  const auto body = [](World& world) {
    Shared& it = shared(world);
    world.task("user", Cpu{0}, [&it] {
      spin_lock(&it.lock);
      it.block = static_cast<int*>(kzalloc(4, GFP_KERNEL, "block"));
      spin_unlock(&it.lock);
    });
  };
  EXPECT_EQ(hint(FindingKind::wrong_context, body, {"user"}),
            "user spins for lk and holds it since step 1: it must let go first");
}

/// The waker looks whether there is something to do before the waiter says so.
TEST(Hint, WhoWasTheLastToWake) {
  const auto body = [](World& world) {
    auto& queue = world.variable<wait_queue_head_t>("queue", WAIT_QUEUE_HEAD("queue"));
    auto& ready = world.variable<int>("ready");
    world.task("waiter", Cpu{0}, [&queue, &ready] {
      if (READ_ONCE(ready) != 0) return;
      prepare_to_wait(&queue, sim::Sleep::uninterruptible);
      schedule();
    });
    world.task("waker", Cpu{1}, [&queue, &ready] {
      WRITE_ONCE(ready, 1);
      wake_up(&queue);
    });
  };
  EXPECT_EQ(hint(FindingKind::hung_task, body, {"waiter", "waker", "waker", "waker"}),
            "the last to do anything with queue is waker at step 3, before waiter waits for it");
}

TEST(Hint, ThatOneOrderWouldDo) {
  EXPECT_EQ(hint(FindingKind::deadlock, crossed_locks, {"up", "down"}),
            "taken in one order everywhere, first and second could not wait for each other");
}

TEST(Hint, OfNoLockIsNoOrder) {
  const auto body = [](World& world) {
    auto& lock = world.variable<spinlock_t>("lk", SPIN_LOCK_UNLOCKED("lk"));
    world.task("user", Cpu{0}, [&lock] {
      spin_lock(&lock);
      spin_lock(&lock);
    });
  };
  EXPECT_EQ(hint(FindingKind::deadlock, body, {"user"}), "");
}

// ---- what came before ---------------------------------------------------------------------------

TEST(Hint, ThatARaceCameFirst) {
  const auto recorded = record("test", racing_counter(2), FindingKind::invariant, lost_update,
                               {"adder.1", "adder.2", "adder.1", "adder.2"});
  ASSERT_TRUE(recorded);
  const auto* finding = shown_finding(recorded->trace, recorded->recording);
  const std::string text = story_rows(recorded->recording, finding).hint;
  EXPECT_TRUE(text.starts_with("there is a data race ahead of it: adder.")) << text;
}

TEST(Hint, ThatAnAllocationHasFailed) {
  const auto body = [](World& world) {
    world.allocation_faults({.hard = 1});
    world.task("user", Cpu{0}, [&world] {
      void* block = kzalloc(4, GFP_KERNEL, "block");
      world.expect(block != nullptr, "there is memory");
      kfree(block);
    });
  };
  EXPECT_EQ(hint(FindingKind::invariant, body, {"1"}),
            "an allocation of user has failed ahead of it (step 0)");
}

TEST(Hint, WithoutAReasonThereIsNone) {
  const auto body = [](World& world) {
    world.task("user", Cpu{0}, [&world] { world.expect(false, "never"); });
  };
  EXPECT_EQ(hint(FindingKind::invariant, body, {}), "");
}

}  // namespace
}  // namespace heddle::tests
