// Atomics and marked accesses: their results, that they are indivisible, and what they order.
#include "sim/kernel/atomic.hpp"

#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "sim/kernel/once.hpp"
#include "sim/kernel/preempt.hpp"
#include "tests/kernel/check.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::check;
using tests::EveryWay;
using tests::with_cpus;

TEST(Atomic, ReturnsAndStoresWhatTheKernelDocumentationSays) {
  atomic_t v{5};
  EXPECT_EQ(atomic_read(&v), 5);
  atomic_set(&v, 1);
  atomic_add(3, &v);
  EXPECT_EQ(atomic_read(&v), 4);
  atomic_inc(&v);
  atomic_dec(&v);
  EXPECT_EQ(atomic_add_return(6, &v), 10);
  EXPECT_EQ(atomic_inc_return(&v), 11);
  EXPECT_EQ(atomic_dec_return(&v), 10);
  EXPECT_EQ(atomic_xchg(&v, 2), 10);
  EXPECT_EQ(atomic_cmpxchg(&v, 3, 7), 2);
  EXPECT_EQ(atomic_read(&v), 2);
  EXPECT_EQ(atomic_cmpxchg(&v, 2, 7), 2);
  EXPECT_EQ(atomic_read(&v), 7);
  atomic_set(&v, 2);
  EXPECT_FALSE(atomic_dec_and_test(&v));
  EXPECT_TRUE(atomic_inc_not_zero(&v));
  EXPECT_FALSE(atomic_dec_and_test(&v));
  EXPECT_TRUE(atomic_dec_and_test(&v));
  EXPECT_FALSE(atomic_inc_not_zero(&v));
  EXPECT_EQ(atomic_read(&v), 0);
  atomic_set(&v, -1);
  EXPECT_EQ(atomic_inc_return(&v), 0);
  atomic_sub(2, &v);
  EXPECT_EQ(atomic_read(&v), -2);
  EXPECT_FALSE(atomic_inc_and_test(&v));
  EXPECT_TRUE(atomic_inc_and_test(&v));
  atomic_set(&v, 3);
  EXPECT_FALSE(atomic_sub_and_test(2, &v));
  EXPECT_TRUE(atomic_sub_and_test(1, &v));
  EXPECT_TRUE(atomic_add_unless(&v, 5, 1));
  EXPECT_FALSE(atomic_add_unless(&v, 1, 5));
  EXPECT_EQ(atomic_read(&v), 5);
}

/// What `value` is after two tasks on two CPUs have each done `change`, in all executions.
std::set<int> after_two(void (*change)(atomic_t*), int start = 0) {
  tests::machine().detach_all();
  tests::machine().configure(with_cpus(2));
  std::set<int> values;
  EveryWay every;
  do {
    int value = -1;
    tests::run_once(
        [&](World& world) {
          auto& v = world.create<atomic_t>(start);
          for (std::uint16_t i = 0; i < 2; ++i)
            world.task("task", Cpu{i}, [&v, change] { change(&v); });
          world.finally([&v, &value] { value = v.counter; });
        },
        every);
    values.insert(value);
  } while (every.advance());
  return values;
}

TEST(Atomic, OperationsAreIndivisible) {
  EXPECT_EQ(after_two(&atomic_inc), (std::set{2}));
  EXPECT_EQ(after_two([](atomic_t* v) { atomic_inc_return(v); }), (std::set{2}));
  EXPECT_EQ(after_two([](atomic_t* v) { atomic_dec_and_test(v); }, 2), (std::set{0}));
  EXPECT_EQ(after_two([](atomic_t* v) { atomic_inc_not_zero(v); }, 1), (std::set{3}));
  EXPECT_EQ(after_two([](atomic_t* v) { atomic_set(v, atomic_read(v) + 1); }), (std::set{1, 2}));
}

TEST(Atomic, WhatIsZeroIsNotRaisedAgain) {
  // Each drops a reference and tries to take one back; whoever dropped the last one must fail.
  EXPECT_EQ(after_two(
                [](atomic_t* v) {
                  if (atomic_dec_and_test(v) && atomic_inc_not_zero(v)) atomic_set(v, 100);
                },
                2),
            (std::set{0}));
}

// ---- what they order ----------------------------------------------------------------------------

struct Box {
  int data = 0;
  atomic_t flag{0};
};

/// Does a plain write before `publish` race with a plain read after `seen` has said so?
bool races(void (*publish)(atomic_t*), bool (*seen)(atomic_t*)) {
  const auto result = check(with_cpus(2), [&](World& world) {
    Box& box = world.create<Box>();
    world.task("writer", Cpu{0}, [&box, publish] {
      box.data = 1;
      publish(&box.flag);
    });
    world.task("reader", Cpu{1}, [&box, seen] {
      if (seen(&box.flag)) ++box.data;
    });
  });
  return result.found(FindingKind::data_race);
}

bool acquired(atomic_t* v) { return smp_load_acquire(&v->counter) != 0; }
bool read_relaxed(atomic_t* v) { return atomic_read(v) != 0; }

TEST(AtomicOrder, RelaxedOperationsOrderNoPlainAccesses) {
  EXPECT_TRUE(races([](atomic_t* v) { atomic_set(v, 1); }, &acquired));
  EXPECT_TRUE(races(&atomic_inc, &acquired));
  EXPECT_TRUE(races([](atomic_t* v) { atomic_add(2, v); }, &acquired));
  EXPECT_TRUE(races([](atomic_t* v) { smp_store_release(&v->counter, 1); }, &read_relaxed));
  EXPECT_TRUE(races([](atomic_t* v) { atomic_inc_return(v); }, &read_relaxed));
}

TEST(AtomicOrder, ReleaseAndAcquireOrderPlainAccesses) {
  EXPECT_FALSE(races([](atomic_t* v) { smp_store_release(&v->counter, 1); }, &acquired));
}

TEST(AtomicOrder, OperationsThatReturnAValueOrderPlainAccesses) {
  const auto returning = [](atomic_t* v) { return atomic_add_return(0, v) != 0; };
  EXPECT_FALSE(races([](atomic_t* v) { atomic_inc_return(v); }, returning));
  EXPECT_FALSE(races([](atomic_t* v) { atomic_xchg(v, 1); }, &acquired));
  EXPECT_FALSE(races([](atomic_t* v) { atomic_cmpxchg(v, 0, 1); }, &acquired));
  EXPECT_FALSE(races([](atomic_t* v) { atomic_inc_return(v); },
                     [](atomic_t* v) { return atomic_cmpxchg(v, 1, 2) == 1; }));
}

TEST(AtomicOrder, AFailedCompareAndExchangeOrdersNothing) {
  EXPECT_TRUE(races([](atomic_t* v) { atomic_inc_return(v); },
                    [](atomic_t* v) { return atomic_cmpxchg(v, 7, 8) == 1; }));
}

TEST(AtomicOrder, WhoDropsTheLastReferenceSeesWhatAllDid) {
  const auto drop = [](bool (*dropped_last)(atomic_t*)) {
    return check(with_cpus(2), [dropped_last](World& world) {
      struct Object {
        int written[2] = {};
        atomic_t references{2};
      };
      auto& object = world.create<Object>();
      int& sum = world.create<int>(0);
      for (std::uint16_t i = 0; i < 2; ++i)
        world.task("user", Cpu{i}, [&object, &sum, dropped_last, i] {
          object.written[i] = 1;
          if (dropped_last(&object.references)) sum = object.written[0] + object.written[1];
        });
    });
  };
  EXPECT_TRUE(drop(&atomic_dec_and_test).clean());
  EXPECT_TRUE(drop([](atomic_t* v) {
                atomic_dec(v);
                return atomic_read(v) == 0;
              }).found(FindingKind::data_race));
}

// ---- marked accesses ----------------------------------------------------------------------------

bool races_with_itself(void (*use)(int&), void (*other)(int&)) {
  return check(with_cpus(2),
               [use, other](World& world) {
                 int& x = world.create<int>(0);
                 world.task("one", Cpu{0}, [&x, use] { use(x); });
                 world.task("other", Cpu{1}, [&x, other] { other(x); });
               })
      .found(FindingKind::data_race);
}

TEST(Once, MarkedAccessesRaceOnlyWithPlainOnes) {
  const auto marked_read = [](int& x) { READ_ONCE(x); };
  const auto marked_write = [](int& x) { WRITE_ONCE(x, 1); };
  const auto marked_count = [](int& x) { WRITE_ONCE(x, READ_ONCE(x) + 1); };
  const auto plain_write = [](int& x) { x = 2; };
  EXPECT_FALSE(races_with_itself(marked_read, marked_write));
  EXPECT_FALSE(races_with_itself(marked_count, marked_count));
  EXPECT_TRUE(races_with_itself(marked_read, plain_write));
  EXPECT_TRUE(races_with_itself(marked_write, plain_write));
  EXPECT_TRUE(races_with_itself(plain_write, plain_write));
}

TEST(Once, WorksForAnyTypeOfUpToEightBytes) {
  enum class Colour : std::uint8_t { red, blue };
  Colour colour = Colour::red;
  WRITE_ONCE(colour, Colour::blue);
  EXPECT_EQ(READ_ONCE(colour), Colour::blue);
  short narrow = 0;
  WRITE_ONCE(narrow, 65'537);
  EXPECT_EQ(READ_ONCE(narrow), 1);
  const int* pointer = nullptr;
  int x = 0;
  smp_store_release(&pointer, &x);
  EXPECT_EQ(smp_load_acquire(&pointer), &x);
}

}  // namespace
}  // namespace heddle::sim::kernel
