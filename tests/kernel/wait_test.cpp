// Wait queues and signals: who is woken, by what, and who is missed.
#include "sim/kernel/wait.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/atomic.hpp"
#include "sim/kernel/mutex.hpp"
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

/// A flag that somebody sets, and those who wait for it.
struct Gate {
  wait_queue_head_t queue = WAIT_QUEUE_HEAD("gate");
  mutex guard = MUTEX_UNLOCKED("guard");
  atomic_t open{0};

  bool is_open() const { return atomic_read(&open) != 0; }
};

void open_gate(Gate& gate) {
  atomic_set(&gate.open, 1);
  wake_up(&gate.queue);
}

TEST(WaitEvent, WaitsForTheConditionAndMissesNoWaker) {
  for (const std::uint16_t cpus : {1, 2})
    EXPECT_EQ(all_orders(with_cpus(cpus),
                         [cpus](World& world, Order& order) {
                           Gate& gate = world.create<Gate>();
                           world.task("waiter", Cpu{0}, [&] {
                             wait_event(&gate.queue, [&] { return gate.is_open(); });
                             order.note('w');
                           });
                           const auto last = static_cast<std::uint16_t>(cpus - 1);
                           world.task("opener", Cpu{last}, [&] {
                             order.note('o');
                             open_gate(gate);
                           });
                         }),
              (Orders{"ow"}));
}

TEST(WakeUpOne, WakesOneOfThoseWhoSleepAndAnyOfThem) {
  const auto two_waiters = [](World& world, Order& order, bool twice) {
    Gate& gate = world.create<Gate>();
    atomic_t& asleep = world.create<atomic_t>();
    for (const char name : {'a', 'b'})
      world.task("waiter", Cpu{0}, [&gate, &asleep, &order, name] {
        prepare_to_wait(&gate.queue, Sleep::uninterruptible);
        atomic_inc(&asleep);
        schedule();
        order.note(name);
      });
    world.task("waker", Cpu{1}, [&gate, &asleep, twice] {
      while (atomic_read(&asleep) != 2) cpu_relax();
      wake_up_one(&gate.queue);
      if (twice) wake_up_one(&gate.queue);  // who is woken already is passed over
    });
  };
  const auto orders = [&two_waiters](bool twice) {
    return all_orders(with_cpus(2), [&two_waiters, twice](World& world, Order& order) {
      two_waiters(world, order, twice);
    });
  };
  EXPECT_EQ(orders(false), (Orders{"a stuck", "b stuck"}));
  EXPECT_EQ(orders(true), (Orders{"ab", "ba"}));
}

TEST(WaitEvent, WhoSleepsLeavesTheCpuWhereverPreemptionIsRestricted) {
  for (const Preemption preemption : {Preemption::voluntary, Preemption::none}) {
    MachineConfig config;
    config.preemption = preemption;
    EXPECT_EQ(all_orders(config,
                         [](World& world, Order& order) {
                           Gate& gate = world.create<Gate>();
                           world.task("waiter", Cpu{0}, [&] {
                             wait_event(&gate.queue, [&] { return gate.is_open(); });
                             order.note('w');
                           });
                           world.task("opener", Cpu{0}, [&] { open_gate(gate); });
                         }),
              (Orders{"w"}))
        << word(preemption);
  }
}

TEST(WaitEvent, OrdersTheWakersWorkBeforeTheWaiters) {
  EXPECT_TRUE(check(with_cpus(2), [](World& world) {
                Gate& gate = world.create<Gate>();
                int& data = world.create<int>(0);
                world.task("waiter", Cpu{0}, [&] {
                  prepare_to_wait(&gate.queue, Sleep::uninterruptible);
                  while (!gate.is_open()) {
                    schedule();
                    prepare_to_wait(&gate.queue, Sleep::uninterruptible);
                  }
                  finish_wait(&gate.queue);
                });
                world.task("opener", Cpu{1}, [&] {
                  ++data;
                  open_gate(gate);
                });
                world.task("other", Cpu{0},
                           [&] { wait_event(&gate.queue, [&] { return gate.is_open(); }); });
              }).clean());
}

TEST(WaitEvent, AWakerThatComesBeforeTheWaiterIsOnTheQueueIsMissed) {
  const auto late = [](World& world) {
    Gate& gate = world.create<Gate>();
    world.task("waiter", Cpu{0}, [&] {
      if (gate.is_open()) return;
      prepare_to_wait(&gate.queue, Sleep::uninterruptible);
      schedule();
      finish_wait(&gate.queue);
    });
    world.task("opener", Cpu{1}, [&] { open_gate(gate); });
  };
  const auto result = check(with_cpus(2), late);
  ASSERT_TRUE(result.found(FindingKind::hung_task));
  EXPECT_FALSE(result.found(FindingKind::deadlock));
}

TEST(WaitEvent, WakesEverybody) {
  EXPECT_EQ(all_orders(with_cpus(3),
                       [](World& world, Order& order) {
                         Gate& gate = world.create<Gate>();
                         for (std::uint16_t i = 0; i < 2; ++i)
                           world.task("waiter", Cpu{i}, [&] {
                             prepare_to_wait(&gate.queue, Sleep::uninterruptible);
                             schedule();
                             order.note('w');
                             finish_wait(&gate.queue);
                           });
                         world.task("opener", Cpu{2}, [&] {
                           while (!waitqueue_active(&gate.queue)) cpu_relax();
                           wake_up(&gate.queue);
                           order.note('o');
                         });
                       }),
            (Orders{"oww", "ow stuck"}));
}

TEST(WakeUpInterruptible, LeavesOthersAsleep) {
  for (const Sleep sleep : {Sleep::uninterruptible, Sleep::killable, Sleep::interruptible})
    EXPECT_EQ(all_orders(with_cpus(2),
                         [sleep](World& world, Order&) {
                           Gate& gate = world.create<Gate>();
                           world.task("waiter", Cpu{0}, [&gate, sleep] {
                             wait_event_asleep(&gate.queue, sleep, [&] { return gate.is_open(); });
                           });
                           world.task("opener", Cpu{1}, [&] {
                             atomic_set(&gate.open, 1);
                             wake_up_interruptible(&gate.queue);
                           });
                         }),
              sleep == Sleep::interruptible ? (Orders{""}) : (Orders{"", " stuck"}));
}

// ---- signals ------------------------------------------------------------------------------------

/// A task that waits for what nobody opens, and one that sends it a signal.
Orders wait_for_signal(Sleep sleep, int signal) {
  return all_orders(with_cpus(2), [sleep, signal](World& world, Order& order) {
    Gate& gate = world.create<Gate>();
    const Task waiter = world.task("waiter", Cpu{0}, [&gate, &order, sleep] {
      const int error = wait_event_asleep(&gate.queue, sleep, [&] { return gate.is_open(); });
      order.note(error == -ERESTARTSYS ? 'i' : 'w');
    });
    world.task("sender", Cpu{1}, [waiter, signal] { send_sig(signal, waiter); });
  });
}

TEST(Signal, EndsTheSleepsThatItMayEnd) {
  EXPECT_EQ(wait_for_signal(Sleep::interruptible, SIGINT), (Orders{"i"}));
  EXPECT_EQ(wait_for_signal(Sleep::interruptible, SIGKILL), (Orders{"i"}));
  EXPECT_EQ(wait_for_signal(Sleep::killable, SIGKILL), (Orders{"i"}));
  EXPECT_EQ(wait_for_signal(Sleep::killable, SIGINT), (Orders{" stuck"}));
  EXPECT_EQ(wait_for_signal(Sleep::uninterruptible, SIGKILL), (Orders{" stuck"}));
}

TEST(Signal, LeavesAWaitThatIsOverAlone) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         Gate& gate = world.create<Gate>();
                         atomic_set(&gate.open, 1);
                         const Task waiter = world.task("waiter", Cpu{0}, [&] {
                           const int error = wait_event_interruptible(
                               &gate.queue, [&] { return gate.is_open(); });
                           order.note(error == 0 ? 'w' : 'i');
                         });
                         world.task("sender", Cpu{1}, [waiter] { send_sig(SIGINT, waiter); });
                       }),
            (Orders{"w"}));
}

TEST(Signal, IsPendingUntilFlushed) {
  EXPECT_TRUE(check(with_cpus(1), [](World& world) {
                const Task task = world.task("task", Cpu{0}, [&world] {
                  const Task self(Machine::running().self());
                  world.expect(!signal_pending(), "no signal is pending at first");
                  send_sig(SIGINT, self);
                  world.expect(signal_pending(), "the signal is pending");
                  world.expect(!fatal_signal_pending(), "it is not fatal");
                  send_sig(SIGKILL, self);
                  world.expect(fatal_signal_pending(), "the second one is fatal");
                  flush_signals();
                  world.expect(!signal_pending(), "flushed signals are gone");
                });
                (void)task;
              }).clean());
}

TEST(SignalsMayLand, AtAnyStepWithinTheBudget) {
  const Orders orders = all_orders(with_cpus(1), [](World& world, Order& order) {
    const Task task = world.task("task", Cpu{0}, [&order] {
      for (int i = 0; i < 3; ++i) order.note(signal_pending() ? 's' : '-');
    });
    signals_may_land(world, task, SIGINT, 1);
  });
  EXPECT_EQ(orders, (Orders{"---", "--s", "-ss", "sss"}));
}

// ---- mutexes that signals get one out of --------------------------------------------------------

/// A task that holds a mutex, one that wants it in this way, and a signal for that one.
template <class Lock>
Orders wait_for_mutex(int signal, Lock lock) {
  return all_orders(with_cpus(3), [signal, lock](World& world, Order& order) {
    mutex& guard = world.create<mutex>(MUTEX_UNLOCKED("guard"));
    world.task("holder", Cpu{0}, [&] {
      mutex_lock(&guard);
      order.note('h');
      mutex_unlock(&guard);
    });
    const Task waiter = world.task("waiter", Cpu{1}, [&guard, &order, lock] {
      if (lock(&guard) != 0) {
        order.note('i');
        return;
      }
      order.note('w');
      mutex_unlock(&guard);
    });
    if (signal != 0) world.task("sender", Cpu{2}, [waiter, signal] { send_sig(signal, waiter); });
  });
}

TEST(MutexLockInterruptible, EndsWithAnySignal) {
  EXPECT_EQ(wait_for_mutex(SIGINT, mutex_lock_interruptible), (Orders{"hw", "wh", "hi"}));
  EXPECT_EQ(wait_for_mutex(SIGKILL, mutex_lock_interruptible), (Orders{"hw", "wh", "hi"}));
  EXPECT_EQ(wait_for_mutex(0, mutex_lock_interruptible), (Orders{"hw", "wh"}));
}

TEST(MutexLockKillable, EndsWithAFatalSignalOnly) {
  EXPECT_EQ(wait_for_mutex(SIGKILL, mutex_lock_killable), (Orders{"hw", "wh", "hi"}));
  EXPECT_EQ(wait_for_mutex(SIGINT, mutex_lock_killable), (Orders{"hw", "wh"}));
}

TEST(MutexLockKillable, ExcludesAndOrdersAsTheOthersDo) {
  EXPECT_TRUE(check(with_cpus(3), [](World& world) {
                mutex& lock = world.create<mutex>(MUTEX_UNLOCKED("mutex"));
                int& count = world.create<int>(0);
                for (std::uint16_t i = 0; i < 3; ++i)
                  world.task("task", Cpu{i}, [&, i] {
                    if (i == 0)
                      mutex_lock(&lock);
                    else if (mutex_lock_killable(&lock) != 0)
                      return;
                    ++count;
                    mutex_unlock(&lock);
                  });
                world.finally([&] { world.expect(count == 3, "all have counted"); });
              }).clean());
}

TEST(MutexLockKillable, CirclesAreDeadlocks) {
  EXPECT_TRUE(check_task([] {
                mutex lock = MUTEX_UNLOCKED("mutex");
                mutex_lock(&lock);
                if (mutex_lock_killable(&lock) == 0) mutex_unlock(&lock);
              }).found(FindingKind::deadlock));
  const auto result = check(with_cpus(2), [](World& world) {
    mutex& a = world.create<mutex>(MUTEX_UNLOCKED("a"));
    mutex& b = world.create<mutex>(MUTEX_UNLOCKED("b"));
    for (std::uint16_t i = 0; i < 2; ++i)
      world.task("task", Cpu{i}, [&a, &b, i] {
        mutex* first = i == 0 ? &a : &b;
        mutex* second = i == 0 ? &b : &a;
        if (mutex_lock_killable(first) != 0) return;
        if (mutex_lock_killable(second) == 0) mutex_unlock(second);
        mutex_unlock(first);
      });
  });
  EXPECT_TRUE(result.found(FindingKind::deadlock));
  EXPECT_TRUE(result.found(FindingKind::lock_order));
}

// ---- misuse -------------------------------------------------------------------------------------

TEST(WaitQueueMisuse, IsSeen) {
  EXPECT_TRUE(check_task([] {
                wait_queue_head_t queue{};
                wake_up(&queue);
              }).found(FindingKind::lock_misuse));
  EXPECT_TRUE(check_task([] {
                wait_queue_head_t queue = WAIT_QUEUE_HEAD("queue");
                preempt_disable();
                prepare_to_wait(&queue, Sleep::uninterruptible);
                finish_wait(&queue);
                preempt_enable();
              }).found(FindingKind::wrong_context));
  EXPECT_TRUE(check_task([] {
                auto* queue =
                    static_cast<wait_queue_head_t*>(kmalloc(sizeof(wait_queue_head_t), GFP_KERNEL));
                init_waitqueue_head(queue, "queue");
                wake_up(queue);
                kfree(queue);
              }).clean());
}

TEST(WaitQueueMisuse, AQueueThatIsFreedUnderItsWaitersIsAUseAfterFree) {
  for (const bool is_mutex : {false, true})
    EXPECT_TRUE(check(with_cpus(2),
                      [is_mutex](World& world) {
                        struct Both {
                          wait_queue_head_t queue;
                          mutex lock;
                        };
                        auto* both = static_cast<Both*>(kmalloc(sizeof(Both), GFP_KERNEL));
                        init_waitqueue_head(&both->queue, "queue");
                        mutex_init(&both->lock, "lock");
                        world.task("owner", Cpu{0}, [both] {
                          mutex_lock(&both->lock);
                          kfree(both);
                        });
                        world.task("waiter", Cpu{1}, [both, is_mutex] {
                          if (is_mutex) {
                            if (mutex_lock_killable(&both->lock) == 0) mutex_unlock(&both->lock);
                            return;
                          }
                          prepare_to_wait(&both->queue, Sleep::uninterruptible);
                          schedule();
                          finish_wait(&both->queue);
                        });
                      })
                    .found(FindingKind::use_after_free))
        << is_mutex;
}

}  // namespace
}  // namespace heddle::sim::kernel
