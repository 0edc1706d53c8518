// RCU: what grace periods wait for and what not, and what they order.
#include "sim/kernel/rcu.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/preempt.hpp"
#include "sim/kernel/slab.hpp"
#include "tests/kernel/check.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::all_orders;
using tests::check;
using tests::Exploration;
using tests::Order;
using tests::Orders;
using tests::with_cpus;

TEST(Rcu, AGracePeriodWaitsForSectionsThatHaveBegun) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    rcu_init(world, Cpu{0});
    world.task("reader", Cpu{0}, [&order] {
      rcu_read_lock();
      order.note('[');
      order.step('x');
      rcu_read_unlock();
      order.note(']');
    });
    world.task("writer", Cpu{1}, [&order] {
      order.step('(');
      synchronize_rcu();
      order.step(')');
    });
  });
  EXPECT_FALSE(orders.contains("[(x)]"));
  EXPECT_FALSE(orders.contains("[x()]"));
  EXPECT_TRUE(orders.contains("[(x])"));
  EXPECT_TRUE(orders.contains("([x)]")) << "a section that begins later is not waited for";
  EXPECT_TRUE(orders.contains("()[x]"));
}

struct Object {
  rcu_head head;
  int value;
};

void free_object(rcu_head* head) { kfree(reinterpret_cast<Object*>(head)); }

/// A reader follows a pointer that a writer takes away; `release` frees what it led to.
template <class Release>
Exploration replace(Release release, std::uint16_t cpus = 2) {
  return check(
      with_cpus(cpus),
      [release](World& world) {
        rcu_init(world, Cpu{0});
        auto* object = static_cast<Object*>(kzalloc(sizeof(Object), GFP_KERNEL));
        Object*& shared = world.create<Object*>(object);
        for (std::uint16_t i = 0; i < 2; ++i)
          world.task("reader", Cpu{0}, [&shared] {
            rcu_read_lock();
            rcu_read_lock();
            const Object* seen = rcu_dereference(shared);
            rcu_read_unlock();
            if (seen != nullptr) READ_ONCE(seen->value);
            rcu_read_unlock();
          });
        world.task("writer", Cpu{1}, [&shared, release] {
          Object* old = shared;
          rcu_assign_pointer(shared, static_cast<Object*>(nullptr));
          release(old);
        });
      },
      1'000);
}

TEST(Rcu, WhatReadersMayStillSeeIsFreedAfterAGracePeriod) {
  EXPECT_TRUE(replace([](Object* old) {
                synchronize_rcu();
                kfree(old);
              }).clean());
  EXPECT_TRUE(replace([](Object* old) { call_rcu(&old->head, &free_object); }).clean());
}

TEST(Rcu, WhatReadersMayStillSeeMustNotBeFreedAtOnce) {
  EXPECT_TRUE(replace([](Object* old) { kfree(old); }).found(FindingKind::use_after_free));
}

TEST(Rcu, ASectionMayNotSleep) {
  const auto explored = check(with_cpus(1), [](World& world) {
    rcu_init(world, Cpu{0});
    world.task("reader", Cpu{0}, [] {
      rcu_read_lock();
      might_sleep();
      rcu_read_unlock();
    });
  });
  EXPECT_TRUE(explored.found(FindingKind::wrong_context));
}

TEST(Rcu, ACallbackMayNotSleep) {
  const auto explored = check(with_cpus(1), [](World& world) {
    rcu_init(world, Cpu{0});
    auto& head = world.create<rcu_head>();
    world.task("writer", Cpu{0}, [&head] { call_rcu(&head, [](rcu_head*) { might_sleep(); }); });
  });
  EXPECT_TRUE(explored.found(FindingKind::wrong_context));
}

TEST(Rcu, ASectionThatNeverEndsHangsWhoWaits) {
  const auto explored = check(with_cpus(2), [](World& world) {
    rcu_init(world, Cpu{0});
    world.task("reader", Cpu{0}, [] { rcu_read_lock(); });
    world.task("writer", Cpu{1}, [] { synchronize_rcu(); });
  });
  EXPECT_TRUE(explored.found(FindingKind::hung_task));
}

TEST(Rcu, ToLeaveASectionThatOneIsNotInIsMisuse) {
  const auto explored = check(with_cpus(1), [](World& world) {
    rcu_init(world, Cpu{0});
    world.task("reader", Cpu{0}, [] { rcu_read_unlock(); });
  });
  EXPECT_TRUE(explored.found(FindingKind::lock_misuse));
}

}  // namespace
}  // namespace heddle::sim::kernel
