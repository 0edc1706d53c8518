// Which task of a CPU may step: DESIGN section 4, Preemption::{full, voluntary, none}.
#include <gtest/gtest.h>

#include "tests/machine/masks.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim {
namespace {

using tests::all_orders;
using tests::Masked;
using tests::Order;
using tests::Orders;

MachineConfig machine_of(Preemption preemption, std::uint16_t cpus = 1) {
  MachineConfig config;
  config.cpus = cpus;
  config.preemption = preemption;
  return config;
}

const Orders every_merge = {"abxy", "axby", "axyb", "xaby", "xayb", "xyab"};

TEST(Preemption, CpusStepIndependently) {
  for (const Preemption preemption : {Preemption::full, Preemption::voluntary, Preemption::none}) {
    EXPECT_EQ(all_orders(machine_of(preemption, 2),
                         [](World& world, Order& order) {
                           world.task("left", Cpu{0}, [&] { order.steps("ab"); });
                           world.task("right", Cpu{1}, [&] { order.steps("xy"); });
                         }),
              every_merge);
  }
}

TEST(Preemption, FullLetsAnyTaskOfACpuStep) {
  EXPECT_EQ(all_orders(machine_of(Preemption::full),
                       [](World& world, Order& order) {
                         world.task("left", Cpu{0}, [&] { order.steps("ab"); });
                         world.task("right", Cpu{0}, [&] { order.steps("xy"); });
                       }),
            every_merge);
}

TEST(Preemption, VoluntaryAndNoneLetATaskRunUntilItEnds) {
  for (const Preemption preemption : {Preemption::voluntary, Preemption::none}) {
    EXPECT_EQ(all_orders(machine_of(preemption),
                         [](World& world, Order& order) {
                           world.task("left", Cpu{0}, [&] { order.steps("ab"); });
                           world.task("right", Cpu{0}, [&] { order.steps("xy"); });
                         }),
              (Orders{"abxy", "xyab"}));
  }
}

TEST(Preemption, RestrictedTasksDoNotMeetBeforeTheirFirstSteps) {
  EXPECT_EQ(all_orders(machine_of(Preemption::none),
                       [](World& world, Order& order) {
                         for (const char letter : {'a', 'b', 'c'})
                           world.task("task", Cpu{0}, [&order, letter] {
                             order.note(letter);
                             order.step(letter);
                           });
                       }),
            (Orders{"aabbcc", "aaccbb", "bbaacc", "bbccaa", "ccaabb", "ccbbaa"}));
}

TEST(Preemption, YieldLetsOthersRunWhereTasksAreNotPreempted) {
  EXPECT_EQ(all_orders(machine_of(Preemption::none),
                       [](World& world, Order& order) {
                         world.task("left", Cpu{0}, [&] {
                           order.step('a');
                           Machine::running().yield(Place{});
                           order.step('b');
                         });
                         world.task("right", Cpu{0}, [&] { order.steps("xy"); });
                       }),
            (Orders{"abxy", "axyb", "xyab"}));
}

TEST(Preemption, YieldWithoutCompanyIsNoStep) {
  all_orders(machine_of(Preemption::none), [](World& world, Order& order) {
    world.task("only", Cpu{0}, [&] {
      Machine::running().yield(Place{});
      order.step('a');
    });
  });
  EXPECT_EQ(tests::machine().steps(), 1u);
}

TEST(Preemption, OffLeavesOnlyTheCurrentTask) {
  EXPECT_EQ(all_orders(machine_of(Preemption::full),
                       [](World& world, Order& order) {
                         world.task("left", Cpu{0}, [&] {
                           const Masked masked(Mask::preemption);
                           order.steps("ab");
                         });
                         world.task("right", Cpu{0}, [&] { order.steps("xy"); });
                       }),
            (Orders{"abxy", "xaby", "xyab"}));
}

TEST(Preemption, SoftirqsOffAndInterruptsOffKeepTheCpuToo) {
  for (const Mask mask : {Mask::softirq, Mask::hardirq}) {
    EXPECT_EQ(all_orders(machine_of(Preemption::full),
                         [mask](World& world, Order& order) {
                           world.task("left", Cpu{0}, [&order, mask] {
                             const Masked masked(mask);
                             order.steps("ab");
                           });
                           world.task("right", Cpu{0}, [&] { order.steps("xy"); });
                         }),
              (Orders{"abxy", "xaby", "xyab"}));
  }
}

TEST(Preemption, OffNests) {
  EXPECT_EQ(all_orders(machine_of(Preemption::full),
                       [](World& world, Order& order) {
                         world.task("left", Cpu{0}, [&] {
                           const Masked outer(Mask::preemption);
                           {
                             const Masked inner(Mask::preemption);
                           }
                           order.steps("ab");
                         });
                         world.task("right", Cpu{0}, [&] { order.steps("xy"); });
                       }),
            (Orders{"abxy", "xaby", "xyab"}));
}

TEST(Preemption, OffOnOneCpuLeavesTheOthersAlone) {
  EXPECT_EQ(all_orders(machine_of(Preemption::full, 2),
                       [](World& world, Order& order) {
                         world.task("left", Cpu{0}, [&] {
                           const Masked masked(Mask::preemption);
                           order.steps("ab");
                         });
                         world.task("right", Cpu{1}, [&] { order.steps("xy"); });
                       }),
            every_merge);
}

TEST(Preemption, MaskingWithoutCompanyIsNoStep) {
  all_orders(machine_of(Preemption::full), [](World& world, Order& order) {
    world.task("only", Cpu{0}, [&] {
      const Masked masked(Mask::hardirq);
      order.step('a');
    });
  });
  EXPECT_EQ(tests::machine().steps(), 1u);
}

TEST(Preemption, OffBeforeTheFirstStepHoldsAgainstTasksCreatedLater) {
  // "left" is alone on its CPU when it turns preemption off, so that is no step of its own.
  const Orders orders = all_orders(machine_of(Preemption::full, 2), [](World& world, Order& order) {
    world.task("left", Cpu{1}, [&] {
      const Masked masked(Mask::preemption);
      order.steps("ab");
    });
    world.task("creator", Cpu{0}, [&order] {
      World here(Machine::running());
      here.task("right", Cpu{1}, [&order] { order.step('x'); });
    });
  });
  EXPECT_EQ(orders, (Orders{"abx"}));
}

TEST(Preemption, ATaskThatEndedLeavesItsCpuWhateverItMasked) {
  EXPECT_EQ(all_orders(machine_of(Preemption::full),
                       [](World& world, Order& order) {
                         world.task("left", Cpu{0}, [&] {
                           Machine::running().mask(Mask::preemption, Place{});
                           order.step('a');
                         });
                         world.task("right", Cpu{0}, [&] { order.step('x'); });
                       }),
            (Orders{"ax", "xa"}));
}

TEST(Preemption, UnmaskingWhatIsNotMaskedChangesNothing) {
  EXPECT_EQ(all_orders(machine_of(Preemption::full),
                       [](World& world, Order& order) {
                         world.task("left", Cpu{0}, [&] {
                           Machine::running().unmask(Mask::preemption, Place{});
                           order.steps("ab");
                         });
                         world.task("right", Cpu{0}, [&] { order.steps("xy"); });
                       }),
            every_merge);
}

}  // namespace
}  // namespace heddle::sim
