// Mutexes: who is kept out, and that waiting is sleeping.
#include "sim/kernel/mutex.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/preempt.hpp"
#include "sim/kernel/slab.hpp"
#include "tests/kernel/check.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::all_orders;
using tests::check;
using tests::check_task;
using tests::Order;
using tests::Orders;
using tests::with_cpus;

mutex& make_mutex(World& world) { return world.create<mutex>(MUTEX_UNLOCKED("mutex")); }

/// Two tasks that take two steps each under one mutex.
void two_sections(World& world, Order& order, Cpu second) {
  mutex& lock = make_mutex(world);
  for (const char* steps : {"ab", "xy"})
    world.task("task", steps[0] == 'a' ? Cpu{0} : second, [&lock, &order, steps] {
      mutex_lock(&lock);
      order.steps(steps);
      mutex_unlock(&lock);
    });
}

TEST(Mutex, ExcludesOthersOnAnyCpu) {
  for (const std::uint16_t second : {0, 1})
    EXPECT_EQ(all_orders(with_cpus(2),
                         [second](World& world, Order& order) {
                           two_sections(world, order, Cpu{second});
                         }),
              (Orders{"abxy", "xyab"}));
  EXPECT_TRUE(check(with_cpus(2), [](World& world) {
                mutex& lock = make_mutex(world);
                int& count = world.create<int>(0);
                for (std::uint16_t i = 0; i < 2; ++i)
                  world.task("task", Cpu{i}, [&] {
                    mutex_lock(&lock);
                    ++count;
                    mutex_unlock(&lock);
                  });
                world.finally([&] { world.expect(count == 2, "both have counted"); });
              }).clean());
}

TEST(Mutex, LeavesItsHolderPreemptible) {
  const Orders orders = all_orders(with_cpus(1), [](World& world, Order& order) {
    mutex& lock = make_mutex(world);
    world.task("holder", Cpu{0}, [&] {
      mutex_lock(&lock);
      order.steps("ab");
      mutex_unlock(&lock);
    });
    world.task("other", Cpu{0}, [&] { order.step('x'); });
  });
  EXPECT_EQ(orders, (Orders{"abx", "axb", "xab"}));
}

TEST(Mutex, WhoWaitsSleepsAlsoWherePreemptionIsRestricted) {
  for (const Preemption preemption : {Preemption::full, Preemption::voluntary, Preemption::none}) {
    const Orders orders =
        all_orders(tests::with_preemption(preemption), [](World& world, Order& order) {
          mutex& lock = make_mutex(world);
          world.task("holder", Cpu{0}, [&] {
            mutex_lock(&lock);
            order.step('a');
            cond_resched();
            order.step('b');
            mutex_unlock(&lock);
          });
          world.task("waiter", Cpu{0}, [&] {
            mutex_lock(&lock);
            order.step('w');
            mutex_unlock(&lock);
          });
        });
    EXPECT_EQ(orders, (Orders{"abw", "wab"})) << word(preemption);
  }
}

TEST(Mutex, ATaskThatFindsItTakenBySomebodyElseMeanwhileSleeps) {
  // The waiter may have announced to take it while it was free.
  MachineConfig config = tests::with_preemption(Preemption::none);
  config.cpus = 2;
  const Orders orders = all_orders(config, [](World& world, Order& order) {
    mutex& lock = make_mutex(world);
    world.task("waiter", Cpu{0}, [&] {
      mutex_lock(&lock);
      order.note('w');
      mutex_unlock(&lock);
    });
    world.task("neighbour", Cpu{0}, [&] { order.step('n'); });
    world.task("holder", Cpu{1}, [&] {
      mutex_lock(&lock);
      order.steps("ab");
      mutex_unlock(&lock);
    });
  });
  EXPECT_TRUE(orders.contains("anbw")) << "the neighbour runs while the waiter sleeps";
  for (const std::string& order : orders) EXPECT_EQ(order.find("stuck"), std::string::npos);
}

TEST(Mutex, TrylockTakesAFreeOneAndLeavesABusyOne) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         mutex& lock = make_mutex(world);
                         world.task("holder", Cpu{0}, [&] {
                           mutex_lock(&lock);
                           order.step('h');
                           mutex_unlock(&lock);
                         });
                         world.task("trier", Cpu{1}, [&] {
                           const bool taken = mutex_trylock(&lock);
                           order.note(taken ? 't' : 'f');
                           if (taken && !mutex_is_locked(&lock)) order.note('!');
                           if (taken) mutex_unlock(&lock);
                         });
                       }),
            (Orders{"th", "fh", "hf", "ht"}));
}

TEST(Mutex, MayNotBeTakenInAtomicContext) {
  EXPECT_TRUE(check_task([] {
                mutex lock = MUTEX_UNLOCKED("mutex");
                preempt_disable();
                mutex_lock(&lock);
                mutex_unlock(&lock);
                preempt_enable();
              }).found(FindingKind::wrong_context));
  EXPECT_TRUE(check_task([] {
                mutex lock = MUTEX_UNLOCKED("mutex");
                preempt_disable();
                if (mutex_trylock(&lock)) mutex_unlock(&lock);
                preempt_enable();
              }).clean());
}

TEST(Mutex, CirclesAreDeadlocks) {
  EXPECT_TRUE(check_task([] {
                mutex lock = MUTEX_UNLOCKED("mutex");
                mutex_lock(&lock);
                mutex_lock(&lock);
              }).found(FindingKind::deadlock));
  const auto result = check(with_cpus(2), [](World& world) {
    mutex& a = world.create<mutex>(MUTEX_UNLOCKED("a"));
    mutex& b = world.create<mutex>(MUTEX_UNLOCKED("b"));
    for (std::uint16_t i = 0; i < 2; ++i)
      world.task("task", Cpu{i}, [&a, &b, i] {
        mutex* first = i == 0 ? &a : &b;
        mutex* second = i == 0 ? &b : &a;
        mutex_lock(first);
        mutex_lock(second);
        mutex_unlock(second);
        mutex_unlock(first);
      });
  });
  EXPECT_TRUE(result.found(FindingKind::deadlock));
  EXPECT_TRUE(result.found(FindingKind::lock_order));
}

TEST(MutexMisuse, IsSeen) {
  EXPECT_TRUE(check_task([] {
                mutex lock = MUTEX_UNLOCKED("mutex");
                mutex_unlock(&lock);
              }).found(FindingKind::lock_misuse));
  EXPECT_TRUE(check_task([] {
                mutex lock{};
                mutex_lock(&lock);
                mutex_unlock(&lock);
              }).found(FindingKind::lock_misuse));
  EXPECT_TRUE(check_task([] {
                auto* lock = static_cast<mutex*>(kmalloc(sizeof(mutex), GFP_KERNEL));
                mutex_init(lock, "mutex");
                mutex_lock(lock);
                mutex_unlock(lock);
                kfree(lock);
              }).clean());
}

TEST(MutexMisuse, AWaitForOneThatIsFreedMeanwhileIsAUseAfterFree) {
  EXPECT_TRUE(check(with_cpus(2), [](World& world) {
                auto* lock = static_cast<mutex*>(kmalloc(sizeof(mutex), GFP_KERNEL));
                mutex_init(lock, "mutex");
                world.task("owner", Cpu{0}, [lock] {
                  mutex_lock(lock);
                  kfree(lock);
                });
                world.task("waiter", Cpu{1}, [lock] { mutex_lock(lock); });
              }).found(FindingKind::use_after_free));
}

}  // namespace
}  // namespace heddle::sim::kernel
