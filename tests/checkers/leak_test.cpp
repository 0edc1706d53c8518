// What counts as leaked at the end of an execution.
#include "checkers/leak.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/bug.hpp"
#include "sim/kernel/slab.hpp"
#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using namespace sim::kernel;
using sim::Cpu;
using sim::World;

template <class Body>
tests::Exploration explore_leaks(Body&& body) {
  LeakChecker leak;
  return tests::explore(tests::with_cpus(2), {&leak}, 1, body);
}

/// One place, also where a compiler unrolls loops.
[[gnu::noinline]] void* allocate_eight() {
  void* block = kmalloc(8, GFP_KERNEL);
  *static_cast<volatile char*>(block) = 0;  // a tail call's place would be its caller's
  return block;
}

TEST(Leak, BlocksOfOnePlaceAreCounted) {
  const auto result = explore_leaks([](World& world) {
    world.task("task", Cpu{0}, [] {
      void* blocks[5];
      for (void*& block : blocks) block = allocate_eight();
      kfree(blocks[3]);
      kmalloc(16, GFP_KERNEL);
    });
  });
  ASSERT_EQ(result.findings.size(), 2u);
  EXPECT_EQ(result.findings[0].number, 4u);
  EXPECT_EQ(result.findings[1].number, 1u);
  EXPECT_EQ(result.findings[0].actors[0].context, sim::ContextId{1});
  EXPECT_NE(result.findings[0].actors[0].place.pc, 0u);
}

TEST(Leak, TheWorldsOwnObjectsAreNone) {
  EXPECT_TRUE(explore_leaks([](World& world) { world.create<int>(0); }).clean());
}

TEST(Leak, WhatFinallyFreesIsNone) {
  EXPECT_TRUE(explore_leaks([](World& world) {
                auto& block = world.create<void*>(nullptr);
                world.task("task", Cpu{0}, [&block] { block = kmalloc(8, GFP_KERNEL); });
                world.finally([&block] { kfree(block); });
              }).clean());
}

TEST(Leak, AStoppedContextKeepsWhatItHad) {
  EXPECT_TRUE(explore_leaks([](World& world) {
                world.task("task", Cpu{0}, [] {
                  kmalloc(8, GFP_KERNEL);
                  lbug("stops", LbugMode::park);
                });
              }).clean());
}

TEST(Leak, AnExecutionThatDidNotFinishHasNone) {
  EXPECT_TRUE(explore_leaks([](World& world) {
                world.task("task", Cpu{0}, [] {
                  kmalloc(8, GFP_KERNEL);
                  panic("stops");
                });
              }).clean());
}

}  // namespace
}  // namespace heddle::checkers
