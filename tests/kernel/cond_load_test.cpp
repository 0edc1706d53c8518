// Loads that wait for a value: when they are taken, what they order, and what is found where nobody
// ever writes it.
#include "sim/kernel/cond_load.hpp"

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

TEST(Condition, HoldsForTheBitsThatItAsksFor) {
  EXPECT_TRUE(Condition{}.holds(17));
  EXPECT_TRUE(Condition{}.always_holds());
  EXPECT_TRUE(val_is(-1).holds(0xFFFFFFFFu));
  EXPECT_FALSE(val_is(-1).holds(0));
  EXPECT_FALSE(val_is_not(3).holds(3));
  EXPECT_TRUE(val_is_not(3).holds(4));
  EXPECT_TRUE(val_has_none_of(6u).holds(9));
  EXPECT_FALSE(val_has_none_of(6u).holds(2));
  EXPECT_TRUE(val_is<char>('x').holds('x'));
}

TEST(CondLoad, IsOneStepThatIsTakenOnceTheValueIsThere) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         int& state = world.create<int>(0);
                         world.task("waiter", Cpu{0}, [&] {
                           if (smp_cond_load_acquire(&state, val_is(2)) == 2) order.note('w');
                         });
                         world.task("writer", Cpu{1}, [&] {
                           WRITE_ONCE(state, 1);
                           order.note('1');
                           WRITE_ONCE(state, 2);
                           order.note('2');
                         });
                       }),
            (Orders{"12w"}));
}

TEST(CondLoad, MayMissAValueThatDoesNotStay) {
  const auto found = check(with_cpus(2), [](World& world) {
    int& state = world.create<int>(0);
    world.task("waiter", Cpu{0}, [&] { smp_cond_load_relaxed(&state, val_is(1)); });
    world.task("writer", Cpu{1}, [&] {
      WRITE_ONCE(state, 1);
      WRITE_ONCE(state, 2);
    });
  });
  EXPECT_TRUE(found.found(FindingKind::livelock));
}

void hand_over(World& world, void (*wait)(const int*)) {
  struct Shared {
    int ready = 0;
    int message = 0;
  };
  auto& shared = world.create<Shared>();
  world.task("reader", Cpu{0}, [&world, &shared, wait] {
    wait(&shared.ready);
    world.expect(shared.message == 1, "the message is there");
  });
  world.task("writer", Cpu{1}, [&shared] {
    shared.message = 1;
    smp_store_release(&shared.ready, 1);
  });
}

TEST(CondLoad, AcquiresWhatWasReleased) {
  EXPECT_TRUE(check(with_cpus(2), [](World& world) {
                hand_over(world,
                          [](const int* ready) { smp_cond_load_acquire(ready, val_is_not(0)); });
              }).clean());
}

TEST(CondLoad, RelaxedOrdersNothing) {
  EXPECT_TRUE(check(with_cpus(2), [](World& world) {
                hand_over(world,
                          [](const int* ready) { smp_cond_load_relaxed(ready, val_is_not(0)); });
              }).found(FindingKind::data_race));
}

TEST(CondLoad, KeepsItsCpuWhereItMayNotBePreempted) {
  const auto wait_for_a_neighbour = [](Preemption preemption) {
    MachineConfig config;
    config.preemption = preemption;
    return check(config, [](World& world) {
      atomic_t& state = world.create<atomic_t>(atomic_t{0});
      world.task("waiter", Cpu{0}, [&] { atomic_cond_read_acquire(&state, val_is(1)); });
      world.task("writer", Cpu{0}, [&] { atomic_set(&state, 1); });
    });
  };
  EXPECT_TRUE(wait_for_a_neighbour(Preemption::full).clean());
  EXPECT_TRUE(wait_for_a_neighbour(Preemption::none).found(FindingKind::livelock));
}

int outside = 0;

TEST(CondLoad, OfMemoryThatIsNotTheWorldsIsAnEscape) {
  const auto wait_until_outside_is = [](int value) {
    return check(with_cpus(1), [value](World& world) {
      world.task("waiter", Cpu{0}, [value] { smp_cond_load_acquire(&outside, val_is(value)); });
    });
  };
  EXPECT_TRUE(wait_until_outside_is(0).clean());
  EXPECT_TRUE(wait_until_outside_is(1).found(FindingKind::escape));
}

TEST(CondLoad, NamesWhatIsSpunOn) {
  const auto explored = check(with_cpus(1), [](World& world) {
    int& state = world.variable<int>("state", 0);
    world.task("waiter", Cpu{0}, [&] { smp_cond_load_acquire(&state, val_is(1)); });
  });
  ASSERT_TRUE(explored.found(FindingKind::livelock));
  const Finding& finding = explored.findings.front();
  ASSERT_EQ(finding.actor_count, 1U);
  EXPECT_STREQ(finding.actors[0].verb, "spins on");
  EXPECT_EQ(finding.actors[0].object.cls(), ObjectClass::memory);
}

}  // namespace
}  // namespace heddle::sim::kernel
