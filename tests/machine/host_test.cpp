// Hosts: crash, reboot, what is left behind; virtual time; the end of worlds with daemons. Each
// rule by the smallest program, in every schedule.
#include "sim/machine/host.hpp"

#include <string>

#include <gtest/gtest.h>

#include "checkers/deadlock.hpp"
#include "checkers/leak.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/machine/disk.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::tests {
namespace {

using namespace sim;

TEST(Host, ACrashLandsAtAnyStep) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    auto& host = world.create<Host>(world, "host", std::uint16_t{1});
    host.may_crash(1, AfterCrash::stays_down);
    host.task("task", [&order] { order.steps("abc"); });
  });
  EXPECT_EQ(orders, (Orders{"", "a", "ab", "abc"}));
}

TEST(Host, OthersGoOn) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    auto& host = world.create<Host>(world, "host", std::uint16_t{1});
    host.may_crash(1, AfterCrash::stays_down);
    host.task("task", [&order] { order.step('a'); });
    world.task("other", Cpu{1}, [&order] { order.steps("xy"); });
  });
  EXPECT_EQ(orders, (Orders{"xy", "axy", "xay", "xya"}));
}

TEST(Host, ARebootRunsTheBootRoutineAgain) {
  const Orders orders = all_orders(with_cpus(1), [](World& world, Order& order) {
    auto& host = world.create<Host>(world, "host", std::uint16_t{1});
    host.boot([&host, &order] {
      order.note(static_cast<char>('0' + host.boots()));
      host.task("task", [&order] { order.step('a'); });
    });
    host.may_crash(1, AfterCrash::reboots);
  });
  EXPECT_EQ(orders, (Orders{"1a", "12a"})) << "the world ends with its last step";
}

TEST(Host, WhetherItRebootsIsAChoice) {
  const Orders orders = all_orders(with_cpus(1), [](World& world, Order& order) {
    auto& host = world.create<Host>(world, "host", std::uint16_t{1});
    host.boot([&host, &order] { host.task("task", [&order] { order.steps("ab"); }); });
    host.may_crash(1, AfterCrash::either);
  });
  EXPECT_EQ(orders, (Orders{"", "a", "ab", "aab"}));
}

TEST(Host, WhoWaitsForTheEndOfATaskGoesOn) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    auto& host = world.create<Host>(world, "host", std::uint16_t{1});
    const Task task = host.task("task", [&host, &order] {
      order.step('a');
      host.crash();
      order.step('b');
    });
    world.task("waiter", Cpu{1}, [task, &order] {
      Task(task).join();
      order.step('x');
    });
  });
  EXPECT_EQ(orders, (Orders{"ax"}));
}

struct Memory {
  kernel::spinlock_t lock = kernel::SPIN_LOCK_UNLOCKED("lock");
};

TEST(Host, ItsLocksAndItsMemoryAreGone) {
  checkers::DeadlockChecker deadlock;
  checkers::LeakChecker leak;
  MachineConfig config = with_cpus(2);
  const Exploration seen = explore(config, {&deadlock, &leak}, 200, [](World& world) {
    auto& host = world.create<Host>(world, "host", std::uint16_t{2});
    host.boot([&world, &host] {
      auto& memory = world.create<Memory>();
      for (const std::uint16_t cpu : {0, 1})
        host.task(
            "task",
            [&memory, &host] {
              void* block = kernel::kmalloc(8, kernel::GFP_KERNEL);
              spin_lock(&memory.lock);
              if (host.boots() == 1) host.crash();
              spin_unlock(&memory.lock);
              kernel::kfree(block);
            },
            cpu);
    });
    const HostId id = host.id();
    Context& reboot = world.machine().create_fault(
        "reboot", sim::Strikes::host, 0, world.store([id] { Machine::running().reboot(id, {}); }));
    world.machine().at_crash(id, world.store([&reboot] { Machine::running().raise(reboot); }));
  });
  EXPECT_TRUE(seen.clean());
}

TEST(Host, WhatIsLeftBehindByWhoLivesIsALeak) {
  checkers::LeakChecker leak;
  const Exploration seen = explore(with_cpus(2), {&leak}, 50, [](World& world) {
    auto& host = world.create<Host>(world, "host", std::uint16_t{1});
    host.task("task", [] { kernel::kmalloc(8, kernel::GFP_KERNEL); });
    auto& other = world.create<Host>(world, "other", std::uint16_t{1});
    other.may_crash(1, AfterCrash::stays_down);
    other.task("other", [] { kernel::kfree(kernel::kmalloc(8, kernel::GFP_KERNEL)); });
  });
  EXPECT_EQ(seen.count(FindingKind::leak), 50u);
}

// ---- disks --------------------------------------------------------------------------------------

TEST(Disk, UnflushedWritesAreKeptOrLost) {
  const Orders orders = all_orders(with_cpus(1), [](World& world, Order& order) {
    auto& host = world.create<Host>(world, "host", std::uint16_t{1});
    auto& disk = world.create<Disk>(host.id());
    host.task("task", [&disk, &host] {
      disk.write(0, 1);
      disk.flush();
      disk.write(0, 2);
      disk.write(1, 3);
      host.crash();
    });
    world.finally([&disk, &order] {
      order.note(static_cast<char>('0' + disk.read(0)));
      order.note(static_cast<char>('0' + disk.read(1)));
      EXPECT_EQ(disk.durable(0), disk.read(0)) << "what is read after a crash stays";
    });
  });
  EXPECT_EQ(orders, (Orders{"23", "20", "13", "10"}));
}

// ---- time ---------------------------------------------------------------------------------------

Orders orders_of_sleepers(Time time) {
  MachineConfig config = with_cpus(2);
  config.time = time;
  return all_orders(config, [](World& world, Order& order) {
    for (const std::uint16_t i : {0, 1})
      world.task("sleeper", Cpu{i}, [&order, i] {
        Machine::running().sleep_until(10 * (i + 1), {});
        EXPECT_GE(Machine::running().now_ms(), 10 * (i + 1));
        order.note(static_cast<char>('a' + i));
      });
  });
}

TEST(Time, ByTheClockSleepersWakeInTheOrderOfTheirMoments) {
  EXPECT_EQ(orders_of_sleepers(Time::clock), (Orders{"ab"}));
}
TEST(Time, AsynchronouslyTheyWakeAtAnyMoment) {
  EXPECT_EQ(orders_of_sleepers(Time::asynchronous), (Orders{"ab", "ba"}));
}

TEST(Time, TheClockStandsStillWhileSomebodyWorks) {
  MachineConfig config = with_cpus(2);
  config.time = Time::clock;
  const Orders orders = all_orders(config, [](World& world, Order& order) {
    world.task("sleeper", Cpu{0}, [&order] {
      Machine::running().sleep_until(10, {});
      order.step('z');
    });
    world.task("worker", Cpu{1}, [&order] {
      order.steps("abc");
      EXPECT_EQ(Machine::running().now_ms(), 0);
    });
  });
  EXPECT_EQ(orders, (Orders{"abcz"}));
}

TEST(Time, ACrashLandsBeforeAMomentOrAfter) {
  MachineConfig config = with_cpus(1);
  config.time = Time::clock;
  const Orders orders = all_orders(config, [](World& world, Order& order) {
    auto& host = world.create<Host>(world, "host", std::uint16_t{1});
    host.may_crash(1, AfterCrash::stays_down);
    host.task("sleeper", [&order] {
      order.step('a');
      Machine::running().sleep_until(10, {});
      order.step('b');
    });
  });
  EXPECT_EQ(orders, (Orders{"", "a", "ab"}));
}

TEST(Time, AClockDriftsWithinItsBound) {
  machine().configure(with_cpus(1));
  std::set<std::int64_t> seen;
  EveryWay every;
  do {
    run_once(
        [&seen](World& world) {
          auto& host = world.create<Host>(world, "host", std::uint16_t{1});
          host.drifts(1000);
          host.task("task", [&seen, &host] {
            Machine::running().sleep_until(1'000'000, {});
            seen.insert(Machine::running().clock_ms(host.id()));
          });
        },
        every);
  } while (every.advance());
  EXPECT_EQ(seen, (std::set<std::int64_t>{999'000, 1'000'000, 1'001'000}));
}

// ---- daemons and settling -----------------------------------------------------------------------

TEST(Settling, ItIsFairAndFreeOfFaults) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    auto& host = world.create<Host>(world, "host", std::uint16_t{1});
    host.may_crash(1, AfterCrash::stays_down);
    host.task("task", [&order] { order.step('a'); });
    world.settle([&world, &order] {
      order.note('(');
      const Task helper = world.task("helper", Cpu{1}, [&order] { order.steps("xy"); });
      Machine::running().sleep_until(1000, {});
      Task(helper).join();
      EXPECT_EQ(Machine::running().choose_fault(2), 0u);
      order.note(')');
    });
    world.finally([&order] { order.note('.'); });
  });
  EXPECT_EQ(orders, (Orders{"(xy).", "a(xy)."}));
}

TEST(Settling, WhoWaitsForEverIsStuck) {
  checkers::DeadlockChecker deadlock;
  const Exploration seen = explore(with_cpus(2), {&deadlock}, 5, [](World& world) {
    auto& lock = world.create<Memory>();
    world.task("task", Cpu{0}, [&lock] { spin_lock(&lock.lock); });
    world.settle([&lock] { spin_lock(&lock.lock); });
  });
  EXPECT_EQ(seen.findings.size(), 5u);
}

}  // namespace
}  // namespace heddle::tests
