// need_resched and cond_resched; tasks that go on on another CPU.
#include "sim/kernel/resched.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/kernel/once.hpp"
#include "sim/kernel/preempt.hpp"
#include "tests/kernel/check.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::all_orders;
using tests::check;
using tests::Order;
using tests::Orders;
using tests::with_cpus;

TEST(Resched, AWishStaysUntilItIsFollowed) {
  std::set<std::string> ways;
  check(
      with_cpus(1),
      [&ways](World& world) {
        const Task task = world.task("task", Cpu{0}, [&ways] {
          std::string way;
          const auto note = [&way](bool needs) { way += needs ? 'y' : 'n'; };
          note(need_resched());
          note(need_resched());
          cond_resched();
          note(need_resched());
          ways.insert(way);
        });
        may_be_rescheduled(world, task, {.times = 1});
      },
      200);
  EXPECT_EQ(ways, (std::set<std::string>{"yyn", "nyn", "nny", "nnn"}));
}

TEST(Resched, ATaskMayGoOnOnAnyCpu) {
  std::set<int> cpus;
  check(
      with_cpus(3),
      [&cpus](World& world) {
        const Task task = world.task("task", Cpu{1}, [&cpus] {
          if (need_resched()) cond_resched();
          cpus.insert(smp_processor_id());
        });
        may_be_rescheduled(world, task, {.times = 1, .migrations = 1});
      },
      100);
  EXPECT_EQ(cpus, (std::set<int>{0, 1, 2}));
}

TEST(Resched, ATaskDoesNotGoOnOnACpuThatSomebodyKeeps) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    const Task task = world.task("task", Cpu{0}, [&order] {
      if (!need_resched()) return;
      cond_resched();
      order.note(smp_processor_id() == 0 ? '0' : '1');
    });
    may_be_rescheduled(world, task, {.times = 1, .migrations = 1});
    world.task("other", Cpu{1}, [&order] {
      order.step('x');
      preempt_disable();
      order.note('[');
      order.step('y');
      order.note(']');
      preempt_enable();
    });
  });
  EXPECT_FALSE(orders.contains("x[1y]"));
  EXPECT_TRUE(orders.contains("x[y]1"));
  EXPECT_TRUE(orders.contains("1x[y]"));
  EXPECT_TRUE(orders.contains("0x[y]"));
}

/// Two tasks use what belongs to a CPU; one of them comes from another one. @returns whether they
/// race.
bool races(bool off) {
  return check(
             with_cpus(2),
             [off](World& world) {
               int& data = world.create<int>(0);
               const Task task = world.task("nomad", Cpu{1}, [&data, off] {
                 if (need_resched()) cond_resched();
                 if (smp_processor_id() != 0) return;
                 if (off) preempt_disable();
                 ++data;
                 if (off) preempt_enable();
               });
               may_be_rescheduled(world, task, {.times = 1, .migrations = 1});
               world.task("resident", Cpu{0}, [&data] {
                 preempt_disable();
                 ++data;
                 preempt_enable();
               });
             },
             200)
      .found(FindingKind::data_race);
}

TEST(Resched, WhatATaskMasksOrdersItOnTheCpuThatItIsOn) {
  EXPECT_TRUE(races(false));
  EXPECT_FALSE(races(true));
}

TEST(Resched, MayNotBeAskedForInAtomicContext) {
  const auto explored = check(with_cpus(2), [](World& world) {
    const Task task = world.task("task", Cpu{0}, [] {
      preempt_disable();
      if (need_resched()) cond_resched();
      preempt_enable();
    });
    may_be_rescheduled(world, task, {.times = 1, .migrations = 1});
  });
  EXPECT_TRUE(explored.found(FindingKind::wrong_context));
}

}  // namespace
}  // namespace heddle::sim::kernel
