// Spinlocks: who is kept out, from where, and what misuse does.
#include "sim/kernel/spinlock.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "sim/kernel/preempt.hpp"
#include "sim/kernel/slab.hpp"
#include "tests/kernel/check.hpp"
#include "tests/kernel/landings.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::all_orders;
using tests::check;
using tests::check_task;
using tests::Order;
using tests::Orders;
using tests::with_cpus;

spinlock_t& make_lock(World& world) { return world.create<spinlock_t>(SPIN_LOCK_UNLOCKED("lock")); }

bool contains(const Orders& orders, const char* part) {
  for (const std::string& order : orders)
    if (order.find(part) != std::string::npos) return true;
  return false;
}

/// A way to take a lock, and the way to release it that belongs to it.
struct Way {
  const char* name;
  void (*take)(spinlock_t*, unsigned long& flags);
  void (*release)(spinlock_t*, unsigned long flags);
  Orders softirq_lands;  ///< around "(ab)c", where parentheses stand for the lock's steps
  Orders hardirq_lands;
};
void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

const Way ways[] = {
    {"plain", [](spinlock_t* lock, unsigned long&) { spin_lock(lock); },
     [](spinlock_t* lock, unsigned long) { spin_unlock(lock); }, anywhere, anywhere},
    {"bh", [](spinlock_t* lock, unsigned long&) { spin_lock_bh(lock); },
     [](spinlock_t* lock, unsigned long) { spin_unlock_bh(lock); }, outside, anywhere},
    {"irq", [](spinlock_t* lock, unsigned long&) { spin_lock_irq(lock); },
     [](spinlock_t* lock, unsigned long) { spin_unlock_irq(lock); }, outside, outside},
    {"irqsave", [](spinlock_t* lock, unsigned long& flags) { spin_lock_irqsave(lock, flags); },
     [](spinlock_t* lock, unsigned long flags) { spin_unlock_irqrestore(lock, flags); }, outside,
     outside},
};

class Spinlock : public ::testing::TestWithParam<Way> {
 protected:
  /// The orders of a task that takes steps a and b under a lock, then c, and an interrupt i.
  static Orders with_interrupt(Level level, Cpu cpu) {
    const Way& way = GetParam();
    return all_orders(with_cpus(2), [&](World& world, Order& order) {
      spinlock_t& lock = make_lock(world);
      world.interrupt("interrupt", cpu, level, 1, [&] { order.note('i'); });
      world.task("task", Cpu{0}, [&] {
        unsigned long flags = 0;
        way.take(&lock, flags);
        order.steps("ab");
        way.release(&lock, flags);
        order.step('c');
      });
    });
  }
};

TEST_P(Spinlock, ExcludesOtherCpus) {
  const Way& way = GetParam();
  EXPECT_EQ(all_orders(with_cpus(2),
                       [&](World& world, Order& order) {
                         spinlock_t& lock = make_lock(world);
                         for (std::uint16_t i = 0; i < 2; ++i)
                           world.task("task", Cpu{i}, [&lock, &order, &way, i] {
                             unsigned long flags = 0;
                             way.take(&lock, flags);
                             order.steps(i == 0 ? "ab" : "xy");
                             way.release(&lock, flags);
                           });
                       }),
            (Orders{"abxy", "xyab"}));
}

TEST_P(Spinlock, KeepsItsCpuFromOtherTasks) {
  const Way& way = GetParam();
  EXPECT_EQ(all_orders(with_cpus(1),
                       [&](World& world, Order& order) {
                         spinlock_t& lock = make_lock(world);
                         world.task("holder", Cpu{0}, [&] {
                           unsigned long flags = 0;
                           way.take(&lock, flags);
                           order.steps("ab");
                           way.release(&lock, flags);
                         });
                         world.task("other", Cpu{0}, [&] { order.step('x'); });
                       }),
            (Orders{"abx", "xab"}));
}

TEST_P(Spinlock, MasksWhatItSays) {
  EXPECT_EQ(with_interrupt(Level::softirq, Cpu{0}), GetParam().softirq_lands);
  EXPECT_EQ(with_interrupt(Level::hardirq, Cpu{0}), GetParam().hardirq_lands);
  EXPECT_EQ(with_interrupt(Level::nmi, Cpu{0}), anywhere);
}

TEST_P(Spinlock, MasksNothingOnOtherCpus) {
  EXPECT_EQ(with_interrupt(Level::softirq, Cpu{1}), anywhere);
  EXPECT_EQ(with_interrupt(Level::hardirq, Cpu{1}), anywhere);
}

TEST_P(Spinlock, LeavesNothingMasked) {
  const Way& way = GetParam();
  std::vector<bool> left;
  const auto result = check_task([&] {
    spinlock_t lock = SPIN_LOCK_UNLOCKED("lock");
    unsigned long flags = 0;
    way.take(&lock, flags);
    left = {in_atomic()};
    way.release(&lock, flags);
    left.insert(left.end(), {in_atomic(), irqs_disabled(), spin_is_locked(&lock)});
  });
  EXPECT_EQ(left, (std::vector<bool>{true, false, false, false}));
  EXPECT_TRUE(result.clean());
}

INSTANTIATE_TEST_SUITE_P(Ways, Spinlock, ::testing::ValuesIn(ways),
                         [](const auto& way) { return std::string(way.param.name); });

// ---- waiting ------------------------------------------------------------------------------------

/// Notes a '*' when a context begins to spin.
class SpinNotes final : public Observer {
 public:
  EventMask events() const override { return {EventKind::spin}; }
  void event(Machine&, const Event&) override {
    if (order != nullptr) order->note('*');
  }
  Order* order = nullptr;
};

TEST(SpinlockWaiting, ASpinnerThatIsChosenKeepsItsCpu) {
  SpinNotes notes;
  tests::machine().detach_all();
  tests::machine().attach(notes);
  const Orders orders = all_orders(with_cpus(2), [&](World& world, Order& order) {
    notes.order = &order;
    spinlock_t& lock = make_lock(world);
    world.task("holder", Cpu{1}, [&] {
      spin_lock(&lock);
      order.step('h');
      spin_unlock(&lock);
    });
    world.task("spinner", Cpu{0}, [&] {
      spin_lock(&lock);
      order.note('s');
      spin_unlock(&lock);
    });
    world.task("other", Cpu{0}, [&] { order.step('o'); });
  });
  tests::machine().detach_all();
  EXPECT_TRUE(orders.contains("*hso")) << "it spins while the holder works";
  EXPECT_TRUE(orders.contains("ohs")) << "and the other task runs while it was not chosen yet";
  EXPECT_FALSE(contains(orders, "*o"));
  EXPECT_FALSE(contains(orders, "*ho"));
  EXPECT_FALSE(contains(orders, "stuck"));
}

TEST(SpinlockWaiting, AHandlerThatWaitsForWhatItInterruptedIsADeadlock) {
  const auto program = [](bool irqs_off) {
    return [irqs_off](World& world) {
      spinlock_t& lock = make_lock(world);
      const auto body = [&lock, irqs_off] {
        unsigned long flags = 0;
        if (irqs_off) local_irq_save(flags);
        spin_lock(&lock);
        spin_unlock(&lock);
        if (irqs_off) local_irq_restore(flags);
      };
      world.task("task", Cpu{0}, body);
      world.interrupt("interrupt", Cpu{0}, Level::hardirq, 1, body);
    };
  };
  EXPECT_TRUE(check(with_cpus(1), program(false)).found(FindingKind::deadlock));
  EXPECT_TRUE(check(with_cpus(1), program(true)).clean());
}

TEST(SpinlockWaiting, AHandlerOfAnotherCpuWaitsAndGoesOn) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         spinlock_t& lock = make_lock(world);
                         world.task("task", Cpu{0}, [&] {
                           spin_lock(&lock);
                           order.steps("ab");
                           spin_unlock(&lock);
                         });
                         world
                             .interrupt("interrupt", Cpu{1}, Level::hardirq, 0,
                                        [&] {
                                          spin_lock(&lock);
                                          order.note('i');
                                          spin_unlock(&lock);
                                        })
                             .raise();
                       }),
            (Orders{"abi", "iab"}));
}

TEST(SpinlockWaiting, TakingItTwiceIsADeadlock) {
  const auto result = check_task([] {
    spinlock_t lock = SPIN_LOCK_UNLOCKED("lock");
    spin_lock(&lock);
    spin_lock(&lock);
  });
  EXPECT_TRUE(result.found(FindingKind::deadlock));
}

TEST(SpinlockWaiting, TrylockTakesAFreeLockAndLeavesABusyOne) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         spinlock_t& lock = make_lock(world);
                         world.task("holder", Cpu{0}, [&] {
                           spin_lock(&lock);
                           order.step('h');
                           spin_unlock(&lock);
                         });
                         world.task("trier", Cpu{1}, [&] {
                           const bool taken = spin_trylock(&lock);
                           order.note(taken ? 't' : 'f');
                           if (in_atomic() != taken) order.note('!');
                           if (taken) spin_unlock(&lock);
                         });
                       }),
            (Orders{"th", "fh", "hf", "ht"}));
}

// ---- nesting ------------------------------------------------------------------------------------

TEST(SpinlockFlags, RestoreWhatWasSaved) {
  std::vector<bool> off;
  EXPECT_TRUE(check_task([&off] {
                spinlock_t outer = SPIN_LOCK_UNLOCKED("outer");
                spinlock_t inner = SPIN_LOCK_UNLOCKED("inner");
                unsigned long outer_flags = 0;
                unsigned long inner_flags = 0;
                off = {irqs_disabled()};
                spin_lock_irqsave(&outer, outer_flags);
                spin_lock_irqsave(&inner, inner_flags);
                off.push_back(irqs_disabled());
                spin_unlock_irqrestore(&inner, inner_flags);
                off.push_back(irqs_disabled());
                spin_unlock_irqrestore(&outer, outer_flags);
                off.push_back(irqs_disabled());
              }).clean());
  EXPECT_EQ(off, (std::vector<bool>{false, true, true, false}));
}

TEST(SpinlockFlags, UnlockIrqTurnsInterruptsOnWhateverTheyWere) {
  bool off = true;
  check_task([&off] {
    spinlock_t outer = SPIN_LOCK_UNLOCKED("outer");
    spinlock_t inner = SPIN_LOCK_UNLOCKED("inner");
    unsigned long flags = 0;
    spin_lock_irqsave(&outer, flags);
    spin_lock_irq(&inner);
    spin_unlock_irq(&inner);
    off = irqs_disabled();
    spin_unlock_irqrestore(&outer, flags);
  });
  EXPECT_FALSE(off);
}

// ---- initialisation and misuse ------------------------------------------------------------------

TEST(SpinlockMisuse, MemoryThatNobodyInitialisedIsNoLock) {
  for (const gfp_t flags : {GFP_KERNEL, GFP_KERNEL | __GFP_ZERO}) {
    for (const bool initialised : {false, true}) {
      const auto result = check_task([flags, initialised] {
        auto* lock = static_cast<spinlock_t*>(kmalloc(sizeof(spinlock_t), flags));
        if (initialised) spin_lock_init(lock, "lock");
        for (int i = 0; i < 2; ++i) {
          spin_lock(lock);
          spin_unlock(lock);
        }
        kfree(lock);
      });
      EXPECT_EQ(result.count(FindingKind::lock_misuse), initialised ? 0u : 1u);
    }
  }
}

TEST(SpinlockMisuse, InitialisingAHeldLockLetsTheNextOneIn) {
  const auto body = [](World& world, Order& order) {
    spinlock_t& lock = make_lock(world);
    world.task("holder", Cpu{0}, [&] {
      spin_lock(&lock);
      order.steps("ab");
      spin_unlock(&lock);
    });
    world.task("other", Cpu{1}, [&] {
      spin_lock_init(&lock, "lock");
      spin_lock(&lock);
      order.step('x');
      spin_unlock(&lock);
    });
  };
  EXPECT_TRUE(contains(all_orders(with_cpus(2), body), "axb"));
  Order order;
  EXPECT_TRUE(check(with_cpus(2), [&](World& world) {
                body(world, order);
              }).found(FindingKind::lock_misuse));
}

TEST(SpinlockMisuse, WhoWaitsForALockThatIsInitialisedGetsIt) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         spinlock_t& lock = make_lock(world);
                         world.task("holder", Cpu{0}, [&] {
                           spin_lock(&lock);
                           order.step('a');
                           spin_lock_init(&lock, "lock");
                           order.step('b');
                           preempt_enable();
                         });
                         world.task("waiter", Cpu{1}, [&] {
                           spin_lock(&lock);
                           order.note('w');
                           spin_unlock(&lock);
                         });
                       }),
            (Orders{"wab", "awb", "abw"}));
}

/// Releases a lock that nobody holds.
void release_unheld(spinlock_t* lock) {
  preempt_disable();
  spin_unlock(lock);
}

TEST(SpinlockMisuse, ReleasingAnUnheldLockIsFound) {
  const auto result = check_task([] {
    spinlock_t lock = SPIN_LOCK_UNLOCKED("lock");
    release_unheld(&lock);
  });
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].kind, FindingKind::lock_misuse);
  EXPECT_STREQ(result.findings[0].detail, "nobody holds the lock");
}

TEST(SpinlockMisuse, ALockThatWasReleasedUnheldIsLostToTheNextOneWhoTakesIt) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         spinlock_t& lock = make_lock(world);
                         release_unheld(&lock);
                         for (std::uint16_t i = 0; i < 2; ++i)
                           world.task("task", Cpu{i}, [&lock, &order, i] {
                             spin_lock(&lock);
                             order.step(i == 0 ? 'a' : 'b');
                             spin_unlock(&lock);
                           });
                       }),
            (Orders{"a stuck", "b stuck"}));
}

TEST(SpinlockMisuse, ALockThatWasReleasedUnheldLooksTaken) {
  bool taken = true;
  bool locked = false;
  check_task([&] {
    spinlock_t lock = SPIN_LOCK_UNLOCKED("lock");
    release_unheld(&lock);
    taken = spin_trylock(&lock);
    locked = spin_is_locked(&lock);
  });
  EXPECT_FALSE(taken);
  EXPECT_TRUE(locked);
}

TEST(SpinlockMisuse, AssertSpinLockedIsSatisfiedWithAnyHolder) {
  for (const bool held : {false, true}) {
    const auto result = check_task([held] {
      spinlock_t lock = SPIN_LOCK_UNLOCKED("lock");
      if (held) spin_lock(&lock);
      assert_spin_locked(&lock);
      spin_unlock(&lock);
    });
    EXPECT_EQ(result.found(FindingKind::kernel_assertion), !held);
  }
}

}  // namespace
}  // namespace heddle::sim::kernel
