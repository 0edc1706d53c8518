// Memory: which allocations fail, what fresh and freed memory is, and caches.
#include "sim/kernel/slab.hpp"

#include <cstdint>

#include <gtest/gtest.h>

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

// ---- failures -----------------------------------------------------------------------------------

/// Notes whether an allocation with each flag succeeds (its letter) or fails ('-').
Orders allocations(AllocationFaults faults) {
  MachineConfig config;
  config.allocation_faults = faults;
  return all_orders(config, [](World& world, Order& order) {
    world.task("task", Cpu{0}, [&order] {
      const auto allocate = [&order](char letter, gfp_t flags) {
        order.note(kmalloc(8, flags) != nullptr ? letter : '-');
      };
      allocate('k', GFP_KERNEL);
      allocate('a', GFP_ATOMIC);
      allocate('f', GFP_NOFS);
      allocate('i', GFP_IOFS);
    });
  });
}

TEST(AllocationFailures, NeverComeByThemselves) { EXPECT_EQ(allocations({}), (Orders{"kafi"})); }

TEST(AllocationFailures, AHardOneHitsAnyAllocation) {
  EXPECT_EQ(allocations({.hard = 1}), (Orders{"kafi", "-afi", "k-fi", "ka-i", "kaf-"}));
}

TEST(AllocationFailures, ASoftOneHitsOnlyThoseThatMayNotWait) {
  EXPECT_EQ(allocations({.soft = 1}), (Orders{"kafi", "k-fi", "kaf-"}));
  EXPECT_EQ(allocations({.soft = 4}), (Orders{"kafi", "k-fi", "kaf-", "k-f-"}));
}

TEST(AllocationFailures, AreAsManyAsTheBudgetSays) {
  for (const std::uint32_t hard : {2u, 3u, 9u}) {
    std::size_t most = 0;
    const Orders orders = allocations({.hard = hard});
    for (const std::string& order : orders)
      most = std::max<std::size_t>(most, std::count(order.begin(), order.end(), '-'));
    EXPECT_EQ(most, std::min(hard, 4u));
    EXPECT_EQ(orders.size(), hard == 2 ? 11u : hard == 3 ? 15u : 16u);
  }
}

TEST(AllocationFailures, BothKindsHaveBudgetsOfTheirOwn) {
  EXPECT_EQ(allocations({.hard = 1, .soft = 1}),
            (Orders{"kafi", "-afi", "k-fi", "ka-i", "kaf-",     // one
                    "--fi", "-af-", "k--i", "k-f-", "ka--"}));  // two, one of them of 'a' or 'i'
}

TEST(AllocationFailures, OnesThatWaitLetOthersRun) {
  MachineConfig config;
  config.preemption = Preemption::none;
  config.allocation_faults = {.soft = 1};
  EXPECT_EQ(all_orders(config,
                       [](World& world, Order& order) {
                         world.task("allocator", Cpu{0}, [&order] {
                           order.step('a');
                           kmalloc(8, GFP_KERNEL);
                           order.step('b');
                         });
                         world.task("other", Cpu{0}, [&order] { order.step('x'); });
                       }),
            (Orders{"abx", "axb", "xab"}));
}

TEST(AllocationFailures, AlsoHitCaches) {
  MachineConfig config;
  config.allocation_faults = {.hard = 1};
  EXPECT_EQ(all_orders(config,
                       [](World& world, Order& order) {
                         world.task("task", Cpu{0}, [&order] {
                           kmem_cache* cache = kmem_cache_create("thing", 8);
                           order.note(cache != nullptr ? 'c' : '-');
                           if (cache == nullptr) return;
                           order.note(kmem_cache_alloc(cache, GFP_KERNEL) != nullptr ? 'o' : '-');
                         });
                       }),
            (Orders{"co", "-", "c-"}));
}

// ---- contents -----------------------------------------------------------------------------------

struct Pair {
  long first, second;
};

TEST(Memory, IsUninitialisedUnlessClearedOrWritten) {
  long sum = 0;
  const auto read_after = [&sum](Pair* pair) {
    sum += pair->second;
    kfree(pair);
  };
  EXPECT_TRUE(check_task([&] {
                read_after(static_cast<Pair*>(kmalloc(sizeof(Pair), GFP_KERNEL)));
              }).found(FindingKind::uninitialised));
  sum = 0;
  EXPECT_TRUE(check_task([&] {
                read_after(static_cast<Pair*>(kzalloc(sizeof(Pair), GFP_KERNEL)));
                read_after(static_cast<Pair*>(kmalloc(sizeof(Pair), GFP_ATOMIC | __GFP_ZERO)));
                auto* pair = static_cast<Pair*>(kmalloc(sizeof(Pair), GFP_KERNEL));
                pair->second = 7;
                read_after(pair);
              }).clean());
  EXPECT_EQ(sum, 7);
}

TEST(Memory, IsNeverHandedOutTwice) {
  bool different = false;
  EXPECT_TRUE(check_task([&different] {
                void* a = kmalloc(0, GFP_KERNEL);
                void* b = kmalloc(0, GFP_KERNEL);
                kfree(a);
                void* c = kmalloc(0, GFP_KERNEL);
                different = a != b && b != c && a != c;
                kfree(b);
                kfree(c);
                kfree(nullptr);
              }).clean());
  EXPECT_TRUE(different);
}

TEST(Memory, IsFreedOnceAndFromItsStart) {
  for (void (*wrong)(Pair*) :
       {+[](Pair* pair) {
          kfree(pair);
          kfree(pair);
        },
        +[](Pair* pair) { kfree(&pair->second); }, +[](Pair* pair) { kfree(pair + 1); },
        +[](Pair*) { kfree(reinterpret_cast<void*>(8)); }}) {
    EXPECT_TRUE(check_task([wrong] {
                  wrong(static_cast<Pair*>(kzalloc(sizeof(Pair), GFP_KERNEL)));
                }).found(FindingKind::double_free));
  }
  EXPECT_TRUE(check(with_cpus(1), [](World& world) {
                Pair& permanent = world.create<Pair>();
                world.task("task", Cpu{0}, [&] { kfree(&permanent); });
              }).found(FindingKind::double_free));
}

TEST(Memory, ThatIsFreedMayNotBeUsed) {
  EXPECT_TRUE(check_task([] {
                auto* pair = static_cast<Pair*>(kzalloc(sizeof(Pair), GFP_KERNEL));
                kfree(pair);
                pair->first = 1;
              }).found(FindingKind::use_after_free));
}

TEST(Memory, ThatNobodyFreesIsALeak) {
  EXPECT_TRUE(check_task([] { kmalloc(8, GFP_KERNEL); }).found(FindingKind::leak));
}

// ---- caches -------------------------------------------------------------------------------------

TEST(Caches, HandOutObjectsOfTheirSizeAndCountThem) {
  long counted[3] = {};
  EXPECT_TRUE(check_task([&counted] {
                kmem_cache* cache = kmem_cache_create("pair", sizeof(Pair));
                auto* a = static_cast<Pair*>(kmem_cache_alloc(cache, GFP_KERNEL));
                auto* b = static_cast<Pair*>(kmem_cache_zalloc(cache, GFP_ATOMIC));
                a->second = b->second + 1;
                counted[0] = cache->objects;
                kmem_cache_free(cache, a);
                counted[1] = cache->objects;
                kmem_cache_free(cache, b);
                counted[2] = cache->objects;
                kmem_cache_destroy(cache);
              }).clean());
  EXPECT_EQ(counted[0], 2);
  EXPECT_EQ(counted[1], 1);
  EXPECT_EQ(counted[2], 0);
}

TEST(Caches, AreNotDestroyedWithObjectsLeft) {
  const auto result = check_task([] {
    kmem_cache* cache = kmem_cache_create("pair", sizeof(Pair));
    void* object = kmem_cache_alloc(cache, GFP_KERNEL);
    kmem_cache_destroy(cache);
    kmem_cache_free(cache, object);
    kmem_cache_destroy(cache);
  });
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].kind, FindingKind::kernel_assertion);
}

TEST(Caches, AreGoneOnceDestroyed) {
  for (void (*use)(kmem_cache*) : {+[](kmem_cache* cache) { kmem_cache_alloc(cache, GFP_KERNEL); },
                                   +[](kmem_cache* cache) { kmem_cache_free(cache, cache); },
                                   +[](kmem_cache* cache) { kmem_cache_destroy(cache); }}) {
    const auto result = check_task([use] {
      kmem_cache* cache = kmem_cache_create("pair", sizeof(Pair));
      kmem_cache_destroy(cache);
      use(cache);
    });
    EXPECT_TRUE(result.found(FindingKind::use_after_free));
  }
}

TEST(Caches, ANullPointerToOneIsACrash) {
  for (void (*use)() :
       {+[] { kmem_cache_alloc(nullptr, GFP_KERNEL); }, +[] { kmem_cache_free(nullptr, nullptr); },
        +[] { kmem_cache_destroy(nullptr); }}) {
    const auto result = check_task(use);
    ASSERT_EQ(result.findings.size(), 1u);
    EXPECT_EQ(result.findings[0].kind, FindingKind::crash);
    EXPECT_TRUE(result.findings[0].fatal);
  }
}

}  // namespace
}  // namespace heddle::sim::kernel
