// Preemption, interrupts, and where code may sleep.
#include "sim/kernel/preempt.hpp"

#include <array>

#include <gtest/gtest.h>

#include "sim/kernel/kthread.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"
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

// ---- giving way ---------------------------------------------------------------------------------

Orders orders_around(Preemption preemption, void (*between)()) {
  return all_orders(tests::with_preemption(preemption), [between](World& world, Order& order) {
    world.task("left", Cpu{0}, [&order, between] {
      order.step('a');
      between();
      order.step('b');
    });
    world.task("right", Cpu{0}, [&order] { order.step('x'); });
  });
}

const Orders run_to_the_end = {"abx", "xab"};
const Orders gives_way = {"abx", "axb", "xab"};

TEST(GivingWay, CondReschedLetsOthersRunInEveryModel) {
  EXPECT_EQ(orders_around(Preemption::full, &cond_resched), gives_way);
  EXPECT_EQ(orders_around(Preemption::voluntary, &cond_resched), gives_way);
  EXPECT_EQ(orders_around(Preemption::none, &cond_resched), gives_way);
}

TEST(GivingWay, MightSleepLetsOthersRunOnlyWherePreemptionIsVoluntary) {
  EXPECT_EQ(orders_around(Preemption::full, &might_sleep), gives_way);
  EXPECT_EQ(orders_around(Preemption::voluntary, &might_sleep), gives_way);
  EXPECT_EQ(orders_around(Preemption::none, &might_sleep), run_to_the_end);
}

TEST(GivingWay, WithoutEitherATaskIsOnlyPreemptedWherePreemptionIsFull) {
  EXPECT_EQ(orders_around(Preemption::full, [] {}), gives_way);
  EXPECT_EQ(orders_around(Preemption::voluntary, [] {}), run_to_the_end);
  EXPECT_EQ(orders_around(Preemption::none, [] {}), run_to_the_end);
}

TEST(GivingWay, CpuRelaxWaitsForSomebodyElse) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         bool& flag = world.create<bool>(false);
                         world.task("waiter", Cpu{0}, [&] {
                           while (!READ_ONCE(flag)) cpu_relax();
                           order.note('w');
                         });
                         world.task("setter", Cpu{1}, [&] {
                           order.step('a');
                           WRITE_ONCE(flag, true);
                         });
                       }),
            (Orders{"aw"}));
}

// ---- turning off --------------------------------------------------------------------------------

struct Off {
  const char* name;
  void (*off)();
  void (*on)();
  bool atomic;                       ///< what in_atomic() says
  bool interrupt;                    ///< what in_interrupt() says
  Orders tasks, softirqs, hardirqs;  ///< i lands around "(ab)c"
};
void PrintTo(const Off& off, std::ostream* out) { *out << off.name; }

const Orders task_outside = {"iabc", "abic", "abci"};

const Off offs[] = {
    {"preemption", &preempt_disable, &preempt_enable, true, false, task_outside, anywhere,
     anywhere},
    {"bh", &local_bh_disable, &local_bh_enable, true, true, task_outside, outside, anywhere},
    {"irq", &local_irq_disable, &local_irq_enable, false, false, task_outside, outside, outside},
};

class TurningOff : public ::testing::TestWithParam<Off> {
 protected:
  template <class Create>
  static Orders orders(Create&& create) {
    const Off& off = GetParam();
    return all_orders(with_cpus(1), [&](World& world, Order& order) {
      create(world, order);
      world.task("task", Cpu{0}, [&] {
        off.off();
        order.steps("ab");
        off.on();
        order.step('c');
      });
    });
  }
  static Orders with_interrupt(Level level) {
    return orders([level](World& world, Order& order) {
      world.interrupt("interrupt", Cpu{0}, level, 1, [&order] { order.note('i'); });
    });
  }
};

TEST_P(TurningOff, KeepsOffWhatItSays) {
  EXPECT_EQ(orders([](World& world, Order& order) {
              world.task("other", Cpu{0}, [&order] { order.step('i'); });
            }),
            GetParam().tasks);
  EXPECT_EQ(with_interrupt(Level::softirq), GetParam().softirqs);
  EXPECT_EQ(with_interrupt(Level::hardirq), GetParam().hardirqs);
  EXPECT_EQ(with_interrupt(Level::nmi), anywhere);
}

TEST_P(TurningOff, IsSeenByTheCode) {
  const Off& off = GetParam();
  std::array<bool, 2> inside{};
  std::array<bool, 2> after{true, true};
  EXPECT_TRUE(check_task([&] {
                off.off();
                inside = {in_atomic(), in_interrupt()};
                off.on();
                after = {in_atomic() || irqs_disabled(), in_interrupt()};
              }).clean());
  EXPECT_EQ(inside, (std::array{off.atomic, off.interrupt}));
  EXPECT_EQ(after, (std::array{false, false}));
}

TEST_P(TurningOff, ForbidsToSleep) {
  const Off& off = GetParam();
  for (void (*sleep)() :
       {+[] { might_sleep(); }, +[] { cond_resched(); }, +[] { kfree(kmalloc(8, GFP_KERNEL)); }}) {
    EXPECT_TRUE(check_task([&] {
                  off.off();
                  sleep();
                  off.on();
                }).found(FindingKind::wrong_context));
    EXPECT_TRUE(check_task([&] {
                  off.off();
                  kfree(kmalloc(8, GFP_ATOMIC));
                  off.on();
                  sleep();
                }).clean());
  }
}

INSTANTIATE_TEST_SUITE_P(Masks, TurningOff, ::testing::ValuesIn(offs),
                         [](const auto& off) { return std::string(off.param.name); });

TEST(Nesting, PreemptionAndSoftirqsAreCountedAndInterruptsAreNot) {
  std::array<bool, 6> off{};
  EXPECT_TRUE(check_task([&off] {
                preempt_disable();
                preempt_disable();
                preempt_enable();
                off[0] = in_atomic();
                preempt_enable();
                off[1] = in_atomic();
                local_bh_disable();
                local_bh_disable();
                local_bh_enable();
                off[2] = in_interrupt();
                local_bh_enable();
                off[3] = in_interrupt();
                local_irq_disable();
                local_irq_disable();
                local_irq_enable();
                off[4] = irqs_disabled();
                unsigned long flags = 0;
                local_irq_disable();
                local_irq_save(flags);
                local_irq_restore(flags);
                off[5] = irqs_disabled();
                local_irq_enable();
              }).clean());
  EXPECT_EQ(off, (std::array{true, false, true, false, false, true}));
}

TEST(Handlers, AreAtomicAndMayNotSleep) {
  for (const Level level : {Level::softirq, Level::hardirq, Level::nmi}) {
    std::array<bool, 3> seen{};
    int cpu = -1;
    const auto result = check(
        with_cpus(2),
        [&](World& world) {
          world
              .interrupt("interrupt", Cpu{1}, level, 0,
                         [&] {
                           seen = {in_atomic(), in_interrupt(), irqs_disabled()};
                           cpu = smp_processor_id();
                           might_sleep();
                         })
              .raise();
        },
        1);
    EXPECT_EQ(seen, (std::array{true, true, level != Level::softirq}));
    EXPECT_EQ(cpu, 1);
    EXPECT_TRUE(result.found(FindingKind::wrong_context));
  }
}

TEST(Kthread, ComesAfterItsCreationAndBeforeItsJoin) {
  int cpu = -1;
  EXPECT_TRUE(check(with_cpus(2), [&](World& world) {
                int& x = world.create<int>(0);
                world.task("parent", Cpu{0}, [&] {
                  x = 1;
                  Task child = kthread_run("child", Cpu{1}, [&] {
                    ++x;
                    cpu = smp_processor_id();
                  });
                  child.join();
                  ++x;
                });
                world.finally([&] { world.expect(x == 3, "all have counted"); });
              }).clean());
  EXPECT_EQ(cpu, 1);
}

}  // namespace
}  // namespace heddle::sim::kernel
