// User memory: faults, writers that race with copies, and what must not get there.
#include "sim/kernel/uaccess.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/kernel/errno.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/slab.hpp"
#include "tests/kernel/check.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::check;
using tests::check_task;
using tests::with_cpus;

char* whole_on_heap(const char* text) {
  const std::size_t size = __builtin_strlen(text) + 1;
  auto* copy = static_cast<char*>(kmalloc(size, GFP_KERNEL));
  for (std::size_t i = 0; i < size; ++i) copy[i] = text[i];
  return copy;
}

TEST(UserCopies, CopyAndSeeBothSides) {
  char seen = 0;
  EXPECT_TRUE(check_task([&seen] {
                char* from = whole_on_heap("hello");
                auto* to = static_cast<char*>(kmalloc(8, GFP_KERNEL));
                EXPECT_EQ(copy_to_user(to, from, 6), 0u);
                EXPECT_EQ(copy_from_user(from, to, 0), 0u);
                seen = to[4];
                kfree(from);
                kfree(to);
              }).clean());
  EXPECT_EQ(seen, 'o');
  EXPECT_TRUE(check_task([] {
                char* from = whole_on_heap("hello");
                auto* to = static_cast<char*>(kmalloc(4, GFP_KERNEL));
                EXPECT_EQ(copy_from_user(to, from, 5), 0u);
              }).found(FindingKind::out_of_bounds));
  EXPECT_TRUE(check_task([&seen] {
                auto* from = static_cast<char*>(kmalloc(8, GFP_KERNEL));
                auto* to = static_cast<char*>(kzalloc(8, GFP_KERNEL));
                EXPECT_EQ(copy_from_user(to, from, 8), 0u);
                seen = to[0];
                kfree(from);
                kfree(to);
              }).found(FindingKind::uninitialised))
      << "what was never written stays so";
}

/// Copies to the user what has its first `written` bytes written, of 4.
bool leaks(int written) {
  return check(with_cpus(1),
               [written](World& world) {
                 void* user = user_map(world, 4, "user");
                 world.task("task", Cpu{0}, [user, written] {
                   auto* from = static_cast<char*>(kmalloc(4, GFP_KERNEL));
                   for (int i = 0; i < written; ++i) from[i] = 'x';
                   EXPECT_EQ(copy_to_user(user, from, 4), 0u);
                   kfree(from);
                 });
               })
      .found(FindingKind::uninitialised);
}

TEST(UserCopies, NoByteThatNobodyWroteIsShownToTheUser) {
  EXPECT_FALSE(leaks(4));
  EXPECT_TRUE(leaks(3));
  EXPECT_TRUE(leaks(0));
}

TEST(UserCopies, FaultWhereNothingIsMappedOrAllowed) {
  const auto explored = check(with_cpus(1), [](World& world) {
    auto* user = static_cast<char*>(user_map(world, 8, "user"));
    user_forbid(world, user + 6, 2);
    world.task("task", Cpu{0}, [&world, user] {
      char* text = whole_on_heap("1234567");
      world.expect(copy_to_user(nullptr, text, 8) == 8, "nothing is copied to null");
      world.expect(copy_from_user(text, reinterpret_cast<void*>(4096), 1) == 1,
                   "nothing is copied from what is not mapped");
      world.expect(text[0] == 0, "what was not copied is zero");
      world.expect(copy_to_user(user, text, 8) == 2, "a copy stops where it faults");
      world.expect(user[5] == '6' && user[6] == 0, "what comes before the fault is copied");
      world.expect(copy_to_user(user + 6, text, 1) == 1, "a copy can fault at once");
      world.expect(put_user(user, 'a') == 0 && put_user(user + 7, 'a') == -EFAULT,
                   "a single value faults as a whole");
      char value = 0;
      world.expect(get_user(value, user) == 0 && value == 'a', "what is put can be got");
      kfree(text);
    });
  });
  EXPECT_TRUE(explored.clean());
}

/// What is left by two copies of which one may fault.
std::set<std::string> ways_to_fault(std::size_t size) {
  std::set<std::string> left_behind;
  check(
      with_cpus(1),
      [&left_behind, size](World& world) {
        void* user = user_map(world, size, "user");
        user_copies_may_fault(world, 1);
        world.task("task", Cpu{0}, [&left_behind, user, size] {
          void* zeroes = kzalloc(size, GFP_KERNEL);
          std::string left;
          for (int i = 0; i < 2; ++i)
            left += std::to_string(copy_to_user(user, zeroes, size)) + " ";
          left_behind.insert(left);
          kfree(zeroes);
        });
      },
      200);
  return left_behind;
}

TEST(UserCopies, MayFaultWithinABudget) {
  EXPECT_EQ(ways_to_fault(8), (std::set<std::string>{"0 0 ", "0 8 ", "8 0 "}));
  EXPECT_EQ(ways_to_fault(32), (std::set<std::string>{"0 0 ", "0 16 ", "0 32 ", "16 0 ", "32 0 "}));
}

TEST(UserCopies, RaceWithNobodyButReadWhatIsThere) {
  std::set<int> sums;
  const auto explored = check(
      with_cpus(2),
      [&sums](World& world) {
        auto* user = static_cast<int*>(user_map(world, 4, "user"));
        world.task("writer", Cpu{1}, [user] { WRITE_ONCE(*user, 1); });
        world.task("task", Cpu{0}, [user, &sums] {
          auto* twice = static_cast<int*>(kmalloc(8, GFP_KERNEL));
          for (int i = 0; i < 2; ++i) EXPECT_EQ(copy_from_user(&twice[i], user, 4), 0u);
          sums.insert(10 * twice[0] + twice[1]);
          kfree(twice);
        });
      },
      200);
  EXPECT_TRUE(explored.clean());
  EXPECT_EQ(sums, (std::set<int>{0, 1, 11})) << "the second fetch may find something else";
}

TEST(UserCopies, MayNotBeMadeInAtomicContext) {
  EXPECT_TRUE(check_task([] {
                preempt_disable();
                EXPECT_EQ(copy_to_user(nullptr, nullptr, 0), 0u);
                preempt_enable();
              }).found(FindingKind::wrong_context));
}

}  // namespace
}  // namespace heddle::sim::kernel
