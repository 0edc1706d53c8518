// When a handler lands, what it keeps off, and what keeps it off: DESIGN section 4.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/machine/masks.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim {
namespace {

using tests::all_orders;
using tests::Masked;
using tests::Order;
using tests::Orders;
using tests::with_cpus;

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

TEST(Interrupt, LandsBetweenAnyTwoStepsOrNotAtAll) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         world.task("task", Cpu{0}, [&] { order.steps("ab"); });
                         world.interrupt("irq", Cpu{0}, Level::hardirq, 1,
                                         [&] { order.note('I'); });
                       }),
            (Orders{"ab", "Iab", "aIb"}));
}

TEST(Interrupt, HandlerRunsAloneOnItsCpu) {
  const Orders orders = all_orders(with_cpus(1), [](World& world, Order& order) {
    world.task("task", Cpu{0}, [&] { order.steps("ab"); });
    world.task("other", Cpu{0}, [&] { order.step('x'); });
    world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&] { order.steps("IJ"); });
  });
  for (const std::string& letters : orders) {
    EXPECT_TRUE(contains(letters, "IJ") || !contains(letters, "I")) << letters;
  }
  // Three merges of the tasks; in each the handler lands at one of three places or nowhere. It may
  // not land once the last task has ended.
  EXPECT_EQ(orders.size(), 12u);
}

TEST(Interrupt, HandlerLeavesOtherCpusAlone) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    world.task("task", Cpu{0}, [&] { order.step('a'); });
    world.task("elsewhere", Cpu{1}, [&] { order.step('x'); });
    world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&] { order.steps("IJ"); });
  });
  EXPECT_TRUE(orders.contains("IxJa"));
  EXPECT_FALSE(orders.contains("IaJx"));
}

TEST(Interrupt, SpontaneousOnesStayWithinTheirBudget) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         world.task("task", Cpu{0}, [&] { order.step('a'); });
                         world.interrupt("irq", Cpu{0}, Level::hardirq, 2,
                                         [&] { order.note('I'); });
                       }),
            (Orders{"a", "Ia", "IIa"}));
}

TEST(Interrupt, OfAnIdleCpuLandsWhileOthersRun) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world.task("task", Cpu{0}, [&] { order.steps("ab"); });
                         world.interrupt("irq", Cpu{1}, Level::hardirq, 1,
                                         [&] { order.note('I'); });
                       }),
            (Orders{"ab", "Iab", "aIb"}));
}

TEST(Interrupt, RaisedOnesAreDeliveredBeforeTheEnd) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         auto source = world.interrupt("irq", Cpu{0}, Level::hardirq, 0,
                                                       [&] { order.note('I'); });
                         world.task("device", Cpu{1}, [&order, source]() mutable {
                           order.step('d');
                           source.raise();
                         });
                         world.task("task", Cpu{0}, [&] { order.step('a'); });
                       }),
            (Orders{"dIa", "daI", "adI"}));
}

TEST(Interrupt, RaisedDuringSetupStillLands) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         auto source = world.interrupt("irq", Cpu{0}, Level::softirq, 0,
                                                       [&] { order.note('S'); });
                         source.raise();
                         source.raise();
                       }),
            (Orders{"SS"}));
}

TEST(Interrupt, RaisedWhileItsHandlerRunsLandsAgainAfterIt) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         auto& again = world.create<bool>(true);
                         auto& source = world.create<Context*>(nullptr);
                         auto& machine = Machine::running();
                         const auto handler = [&order, &again, &source] {
                           order.step('I');
                           if (again) Machine::running().raise(*source);
                           again = false;
                           order.step('J');
                         };
                         world.interrupt("irq", Cpu{0}, Level::hardirq, 0, handler).raise();
                         source = &machine.context(ContextId{1});
                       }),
            (Orders{"IJIJ"}));
}

TEST(Interrupt, DoesNotLandWhileInterruptsAreOff) {
  for (const Level level : {Level::softirq, Level::hardirq}) {
    EXPECT_EQ(all_orders(with_cpus(1),
                         [level](World& world, Order& order) {
                           world.task("task", Cpu{0}, [&] {
                             {
                               const Masked masked(Mask::hardirq);
                               order.steps("ab");
                             }
                             order.step('c');
                           });
                           world.interrupt("irq", Cpu{0}, level, 1, [&] { order.note('I'); });
                         }),
              (Orders{"abc", "Iabc", "abIc"}))
        << word(level);
  }
}

TEST(Interrupt, SoftirqDoesNotLandWhileSoftirqsAreOffButHardirqDoes) {
  const auto orders_at = [](Level level) {
    return all_orders(with_cpus(1), [level](World& world, Order& order) {
      world.task("task", Cpu{0}, [&] {
        {
          const Masked masked(Mask::softirq);
          order.steps("ab");
        }
        order.step('c');
      });
      world.interrupt("irq", Cpu{0}, level, 1, [&] { order.note('I'); });
    });
  };
  EXPECT_EQ(orders_at(Level::softirq), (Orders{"abc", "Iabc", "abIc"}));
  EXPECT_EQ(orders_at(Level::hardirq), (Orders{"abc", "Iabc", "aIbc", "abIc"}));
}

TEST(Interrupt, LandsWhilePreemptionIsOff) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         world.task("task", Cpu{0}, [&] {
                           const Masked masked(Mask::preemption);
                           order.steps("ab");
                         });
                         world.interrupt("irq", Cpu{0}, Level::softirq, 1,
                                         [&] { order.note('S'); });
                       }),
            (Orders{"ab", "Sab", "aSb"}));
}

TEST(Interrupt, NmiLandsWhateverIsMasked) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         world.task("task", Cpu{0}, [&] {
                           const Masked masked(Mask::hardirq);
                           order.steps("ab");
                         });
                         world.interrupt("nmi", Cpu{0}, Level::nmi, 1, [&] { order.note('N'); });
                       }),
            (Orders{"ab", "Nab", "aNb"}));
}

/// The orders of one handler of each level given, each with two steps, without a task.
Orders nesting(Level first, Level second) {
  return all_orders(with_cpus(1), [first, second](World& world, Order& order) {
    world.interrupt("first", Cpu{0}, first, 0, [&] { order.steps("ab"); }).raise();
    world.interrupt("second", Cpu{0}, second, 0, [&] { order.steps("xy"); }).raise();
  });
}

TEST(Interrupt, HandlersNestByLevelOnly) {
  const Orders one_after_the_other = {"abxy", "xyab"};
  const Orders second_within_first = {"abxy", "xyab", "axyb"};
  // The second may land right after the first began, before the step 'a': again "xyab".
  EXPECT_EQ(nesting(Level::softirq, Level::softirq), one_after_the_other);
  EXPECT_EQ(nesting(Level::hardirq, Level::hardirq), one_after_the_other);
  EXPECT_EQ(nesting(Level::nmi, Level::nmi), one_after_the_other);
  EXPECT_EQ(nesting(Level::softirq, Level::hardirq), second_within_first);
  EXPECT_EQ(nesting(Level::softirq, Level::nmi), second_within_first);
  EXPECT_EQ(nesting(Level::hardirq, Level::nmi), second_within_first);
}

TEST(Interrupt, ThreeLevelsNestInside) {
  const Orders orders = all_orders(with_cpus(1), [](World& world, Order& order) {
    world.task("task", Cpu{0}, [&] { order.steps("tu"); });
    world.interrupt("softirq", Cpu{0}, Level::softirq, 1, [&] { order.steps("ab"); });
    world.interrupt("hardirq", Cpu{0}, Level::hardirq, 1, [&] { order.steps("xy"); });
    world.interrupt("nmi", Cpu{0}, Level::nmi, 1, [&] { order.steps("NM"); });
  });
  EXPECT_TRUE(orders.contains("taxNMybu"));
  EXPECT_FALSE(std::any_of(orders.begin(), orders.end(), [](const std::string& letters) {
    return contains(letters, "Nx") || contains(letters, "xa") || contains(letters, "at");
  }));
}

TEST(Interrupt, HandlerCanMaskTheLevelsAboveIt) {
  EXPECT_EQ(
      all_orders(
          with_cpus(1),
          [](World& world, Order& order) {
            world
                .interrupt("softirq", Cpu{0}, Level::softirq, 0,
                           [&] {
                             const Masked masked(Mask::hardirq);
                             order.steps("ab");
                           })
                .raise();
            world.interrupt("hardirq", Cpu{0}, Level::hardirq, 0, [&] { order.note('I'); }).raise();
          }),
      (Orders{"Iab", "abI"}));
}

TEST(Interrupt, HandlersOfOneLevelLandWhileTheOtherIsNotRunning) {
  const Orders orders = all_orders(with_cpus(1), [](World& world, Order& order) {
    world.task("task", Cpu{0}, [&] { order.steps("ab"); });
    world.interrupt("one", Cpu{0}, Level::hardirq, 1, [&] { order.steps("12"); });
    world.interrupt("two", Cpu{0}, Level::hardirq, 1, [&] { order.steps("34"); });
  });
  EXPECT_TRUE(orders.contains("12a34b"));
  EXPECT_TRUE(orders.contains("3412ab"));
  EXPECT_FALSE(std::any_of(orders.begin(), orders.end(), [](const std::string& letters) {
    return contains(letters, "13") || contains(letters, "31") || contains(letters, "14");
  }));
}

TEST(Interrupt, HandlerOfABlockedTasksCpuLands) {
  // The task waits for one that only the handler lets go on.
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         auto source = world.interrupt("irq", Cpu{0}, Level::hardirq, 0,
                                                       [&] { order.note('I'); });
                         world.task("task", Cpu{0}, [&order, source]() mutable {
                           World here(Machine::running());
                           auto child = here.task("child", Cpu{0}, [&order, source]() mutable {
                             order.step('c');
                             source.raise();
                           });
                           child.join();
                           order.step('t');
                         });
                       }),
            (Orders{"cIt", "ctI"}));
}

TEST(Interrupt, HandlerCreatesATaskThatRunsAfterIt) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         world
                             .interrupt("irq", Cpu{0}, Level::hardirq, 0,
                                        [&order] {
                                          World here(Machine::running());
                                          here.task("made", Cpu{0}, [&order] { order.step('m'); });
                                          order.step('I');
                                        })
                             .raise();
                       }),
            (Orders{"Im"}));
}

TEST(Interrupt, HandlerStartsAfreshAtEveryLanding) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         auto source = world.interrupt("irq", Cpu{0}, Level::hardirq, 0, [&order] {
                           int landings = 0;
                           order.step(static_cast<char>('0' + ++landings));
                           order.step(static_cast<char>('0' + ++landings));
                         });
                         source.raise();
                         source.raise();
                         source.raise();
                       }),
            (Orders{"121212"}));
}

}  // namespace
}  // namespace heddle::sim
