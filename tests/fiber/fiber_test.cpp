// Fibers: switches, restarts, dropped stacks, exceptions, guard pages.
#include "sim/fiber/fiber.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace heddle::sim {
namespace {

constexpr std::size_t stack_bytes = 64 * 1024;
constexpr std::size_t count = 4;

/// A pool of stacks in memory of its own.
struct Stacks {
  Stacks() : pool(map(), stack_bytes, count) { Fiber::enter_thread(); }
  ~Stacks() { munmap(memory, stack_bytes * count); }
  std::uintptr_t map() {
    memory = mmap(nullptr, stack_bytes * count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                  -1, 0);
    return reinterpret_cast<std::uintptr_t>(memory);
  }
  void* memory = nullptr;
  StackPool pool;
};

struct Pair {
  Fiber here;
  Fiber there;
  std::string log;
  void go() { Fiber::switch_to(here, there); }
  void back() { Fiber::switch_to(there, here); }
};

TEST(Fiber, GoesOnWhereItWasLeft) {
  Stacks stacks;
  Pair pair;
  pair.there.prepare(
      stacks.pool.at(0),
      [](void* argument) {
        Pair& p = *static_cast<Pair*>(argument);
        for (char letter = 'a';; ++letter) {
          p.log += letter;
          p.back();
        }
      },
      &pair);
  for (int i = 0; i < 3; ++i) {
    pair.go();
    pair.log += '.';
  }
  EXPECT_EQ(pair.log, "a.b.c.");
}

TEST(Fiber, PrepareForgetsWhatRanThereWithoutUnwindingIt) {
  struct Loud {
    std::string& log;
    ~Loud() { log += "destroyed"; }
  };
  Stacks stacks;
  Pair pair;
  const auto entry = [](void* argument) {
    Pair& p = *static_cast<Pair*>(argument);
    const Loud loud{p.log};
    p.log += "start ";
    p.back();
    p.log += "not reached";
    p.back();
  };
  for (int i = 0; i < 2; ++i) {
    pair.there.prepare(stacks.pool.at(0), entry, &pair);
    pair.go();
  }
  EXPECT_EQ(pair.log, "start start ");
}

TEST(Fiber, LocalsLieAtTheSameAddressInEveryRun) {
  Stacks stacks;
  Pair pair;
  static std::uintptr_t address;
  std::array<std::uintptr_t, 2> addresses{};
  for (std::uintptr_t& seen : addresses) {
    pair.there.prepare(
        stacks.pool.at(1),
        [](void* argument) {
          volatile int local = 0;
          address = reinterpret_cast<std::uintptr_t>(&local);
          static_cast<Pair*>(argument)->back();
        },
        &pair);
    pair.go();
    seen = address;
  }
  EXPECT_EQ(addresses[0], addresses[1]);
  EXPECT_LT(addresses[0], reinterpret_cast<std::uintptr_t>(stacks.pool.at(1).top));
}

TEST(Fiber, AnExceptionInFlightStaysWithItsFiber) {
  Stacks stacks;
  Pair pair;
  pair.there.prepare(
      stacks.pool.at(0),
      [](void* argument) {
        Pair& p = *static_cast<Pair*>(argument);
        try {
          throw std::string("theirs");
        } catch (const std::string&) {
          p.back();
          try {
            throw;
          } catch (const std::string& again) {
            p.log += again;
          }
        }
        p.back();
      },
      &pair);
  try {
    throw std::string("ours");
  } catch (const std::string&) {
    pair.go();
    EXPECT_EQ(std::uncaught_exceptions(), 0);
    try {
      throw;
    } catch (const std::string& again) {
      EXPECT_EQ(again, "ours");
    }
  }
  pair.go();
  EXPECT_EQ(pair.log, "theirs");
  EXPECT_EQ(std::current_exception(), nullptr);
}

TEST(StackPool, StacksAreAlignedApartAndAboveTheirGuards) {
  Stacks stacks;
  const auto begin = reinterpret_cast<std::uintptr_t>(stacks.memory);
  for (std::size_t i = 0; i < count; ++i) {
    const Stack stack = stacks.pool.at(i);
    const auto top = reinterpret_cast<std::uintptr_t>(stack.top);
    EXPECT_EQ(top % 64, 0u);
    EXPECT_LE(top, begin + (i + 1) * stack_bytes);
    EXPECT_GT(stack.size, stack_bytes / 2);
    EXPECT_GE(top - stack.size, begin + i * stack_bytes + 4096);
    EXPECT_TRUE(stacks.pool.is_guard(begin + i * stack_bytes));
    EXPECT_TRUE(stacks.pool.is_guard(begin + i * stack_bytes + 4095));
    EXPECT_FALSE(stacks.pool.is_guard(begin + i * stack_bytes + 4096));
    EXPECT_FALSE(stacks.pool.is_guard(top - 1));
  }
  EXPECT_FALSE(stacks.pool.is_guard(begin - 1));
  EXPECT_FALSE(stacks.pool.is_guard(begin + count * stack_bytes));
}

TEST(StackPoolDeathTest, AGuardPageCannotBeTouched) {
  Stacks stacks;
  auto* guard = static_cast<volatile char*>(stacks.memory) + stack_bytes;
  std::signal(SIGSEGV, SIG_DFL);
  EXPECT_DEATH(*guard = 1, "");
}

}  // namespace
}  // namespace heddle::sim
