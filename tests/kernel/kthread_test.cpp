// Kernel threads that are asked to stop.
#include "sim/kernel/kthread.hpp"

#include <gtest/gtest.h>

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

TEST(KthreadStop, WaitsUntilTheThreadHasSeenItAndEnded) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world.task("parent", Cpu{0}, [&order] {
                           kthread child = kthread_run("child", Cpu{1}, [&order] {
                             while (!kthread_should_stop()) cpu_relax();
                             order.step('c');
                           });
                           order.step('a');
                           kthread_stop(child);
                           order.step('b');
                         });
                       }),
            (Orders{"acb"}));
}

TEST(KthreadStop, OrdersWhatTheThreadDidBeforeWhatFollows) {
  EXPECT_TRUE(check(with_cpus(2), [](World& world) {
                int& count = world.create<int>(0);
                world.task("parent", Cpu{0}, [&count] {
                  kthread child = kthread_run("child", Cpu{1}, [&count] {
                    while (!kthread_should_stop()) {
                      ++count;
                      cpu_relax();
                    }
                  });
                  kthread_stop(child);
                  ++count;
                });
              }).clean());
}

TEST(KthreadStop, MayComeBeforeTheThreadRuns) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         world.task("parent", Cpu{0}, [&order] {
                           kthread child = kthread_run("child", Cpu{0}, [&order] {
                             order.note(kthread_should_stop() ? 's' : 'g');
                           });
                           kthread_stop(child);
                         });
                       }),
            (Orders{"s", "g"}));
}

}  // namespace
}  // namespace heddle::sim::kernel
