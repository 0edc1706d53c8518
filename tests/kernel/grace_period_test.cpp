// Grace periods: who had preemption or interrupts off before has turned them on again after.
#include "sim/kernel/grace_period.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/once.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/timeout.hpp"
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

TEST(GracePeriod, WaitsForASectionWithPreemptionOff) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    world.task("section", Cpu{0}, [&order] {
      order.step('x');
      preempt_disable();
      order.steps("ab");
      preempt_enable();
    });
    world.task("waiter", Cpu{1}, [&order] {
      order.step('(');
      synchronize_sched();
      order.step(')');
    });
  });
  // The section is over, or has not begun, where the grace period ends.
  for (const std::string& text : orders) {
    EXPECT_EQ(text.find("a()b"), std::string::npos) << text;
    EXPECT_EQ(text.find("(a)b"), std::string::npos) << text;
  }
  EXPECT_TRUE(orders.contains("xa(b)"));
  EXPECT_TRUE(orders.contains("(x)ab"));
}

TEST(GracePeriod, WaitsForNobodyWhereNothingIsOff) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    world.task("other", Cpu{0}, [&order] { order.steps("ab"); });
    world.task("waiter", Cpu{1}, [&order] {
      order.step('(');
      synchronize_sched();
      order.step(')');
    });
  });
  EXPECT_TRUE(orders.contains("a()b"));
}

template <class Between>
bool races(Between between) {
  return check(with_cpus(2),
               [between](World& world) {
                 int& data = world.create<int>(0);
                 int& off = world.create<int>(0);
                 world.task("reader", Cpu{0}, [&data, &off] {
                   preempt_disable();
                   if (READ_ONCE(off) == 0) data = 1;
                   preempt_enable();
                 });
                 world.task("writer", Cpu{1}, [&data, &off, between] {
                   WRITE_ONCE(off, 1);
                   between();
                   data = 2;
                 });
               })
      .found(FindingKind::data_race);
}

TEST(GracePeriod, OrdersWhatWasDoneInSectionsBeforeIt) {
  EXPECT_TRUE(races([] {}));
  EXPECT_FALSE(races([] { synchronize_sched(); }));
}

TEST(GracePeriod, OrdersWhatHandlersDidBeforeIt) {
  const auto explored = check(with_cpus(2), [](World& world) {
    int& data = world.create<int>(0);
    int& off = world.create<int>(0);
    world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&data, &off] {
      if (READ_ONCE(off) == 0) data = 1;
    });
    world.task("task", Cpu{0}, [&off] { READ_ONCE(off); });
    world.task("writer", Cpu{1}, [&data, &off] {
      WRITE_ONCE(off, 1);
      synchronize_sched();
      data = 2;
    });
  });
  EXPECT_TRUE(explored.clean());
}

TEST(GracePeriod, MayNotBeWaitedForInAtomicContext) {
  EXPECT_TRUE(check_task([] {
                preempt_disable();
                synchronize_sched();
                preempt_enable();
              }).found(FindingKind::wrong_context));
}

TEST(Timeout, EndsAtAnyMoment) {
  const Orders orders = all_orders(with_cpus(1), [](World& world, Order& order) {
    world.task("sleeper", Cpu{0}, [&order] {
      order.step('(');
      schedule_timeout(10);
      order.step(')');
    });
    world.task("other", Cpu{0}, [&order] { order.steps("ab"); });
  });
  EXPECT_TRUE(orders.contains("(a)b"));
  EXPECT_TRUE(orders.contains("(ab)"));
}

TEST(Timeout, ALoopThatNobodyEndsIsALivelock) {
  EXPECT_TRUE(check_task([] {
                for (;;) schedule_timeout(10);
              }).found(FindingKind::livelock));
}

TEST(Timeout, MayNotBeSleptForInAtomicContext) {
  EXPECT_TRUE(check_task([] {
                preempt_disable();
                schedule_timeout(10);
                preempt_enable();
              }).found(FindingKind::wrong_context));
}

}  // namespace
}  // namespace heddle::sim::kernel
