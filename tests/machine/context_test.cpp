// The lives of tasks: start, creation by others, join, park, relax, what runs last.
#include <string>

#include <gtest/gtest.h>

#include "tests/machine/masks.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim {
namespace {

using tests::all_orders;
using tests::machine;
using tests::Order;
using tests::Orders;
using tests::with_cpus;

/// Creates a task from within another one.
template <class Body>
Task start(const char* name, Cpu cpu, Body&& body) {
  World world(Machine::running());
  return world.task(name, cpu, std::forward<Body>(body));
}

TEST(Context, SetupRunsBeforeAllTasks) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world.task("left", Cpu{0}, [&] { order.note('a'); });
                         world.task("right", Cpu{1}, [&] { order.note('b'); });
                         order.step('s');
                       }),
            (Orders{"sab"}));
}

TEST(Context, FreshTasksStartWithoutAStep) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world.task("left", Cpu{0}, [&] { order.note('a'); });
                         world.task("right", Cpu{1}, [&] { order.note('b'); });
                       }),
            (Orders{"ab"}));
  EXPECT_EQ(machine().steps(), 0u);
}

TEST(Context, CreationByARunningTaskIsAStep) {
  EXPECT_EQ(all_orders(with_cpus(3),
                       [](World& world, Order& order) {
                         world.task("creator", Cpu{0}, [&order] {
                           start("child", Cpu{1}, [&order] { order.step('c'); });
                           order.note('+');
                         });
                         world.task("other", Cpu{2}, [&] { order.step('x'); });
                       }),
            (Orders{"+cx", "+xc", "x+c"}));
  EXPECT_EQ(machine().steps(), 3u);
}

TEST(Context, CreationDuringSetupIsNoStep) {
  all_orders(with_cpus(1), [](World& world, Order&) { world.task("task", Cpu{0}, [] {}); });
  EXPECT_EQ(machine().steps(), 0u);
}

TEST(Context, JoinWaitsForTheEnd) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         Task child = world.task("child", Cpu{0}, [&] { order.steps("ab"); });
                         world.task("parent", Cpu{1}, [&order, child]() mutable {
                           child.join();
                           order.note('j');
                         });
                       }),
            (Orders{"abj"}));
}

TEST(Context, JoinLeavesTheCpuToTheOthers) {
  for (const Preemption preemption : {Preemption::full, Preemption::voluntary, Preemption::none}) {
    MachineConfig config = with_cpus(1);
    config.preemption = preemption;
    EXPECT_EQ(all_orders(config,
                         [](World& world, Order& order) {
                           world.task("parent", Cpu{0}, [&order] {
                             Task child = start("child", Cpu{0}, [&order] { order.steps("ab"); });
                             child.join();
                             order.step('j');
                           });
                         }),
              (Orders{"abj"}));
  }
}

TEST(Context, SeveralMayJoinTheSameTask) {
  EXPECT_EQ(all_orders(with_cpus(3),
                       [](World& world, Order& order) {
                         Task child = world.task("child", Cpu{0}, [&] { order.steps("ab"); });
                         for (const char letter : {'x', 'y'})
                           world.task("parent",
                                      Cpu{static_cast<std::uint16_t>(1 + (letter == 'y'))},
                                      [&order, child, letter]() mutable {
                                        child.join();
                                        order.note(letter);
                                      });
                       }),
            (Orders{"abxy", "abyx"}));
}

TEST(Context, JoinOfAnEndedTaskIsOneStep) {
  all_orders(with_cpus(1), [](World& world, Order&) {
    Task child = world.task("child", Cpu{0}, [] {});
    world.task("parent", Cpu{0}, [child]() mutable {
      child.join();
      child.join();
    });
  });
  EXPECT_EQ(machine().steps(), 2u);
}

TEST(Context, JoinOfAParkedTaskNeverEnds) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         Task child = world.task("child", Cpu{0}, [&] {
                           order.step('a');
                           Machine::running().park();
                         });
                         world.task("parent", Cpu{1}, [&order, child]() mutable {
                           child.join();
                           order.note('j');
                         });
                       }),
            (Orders{"a stuck"}));
}

TEST(Context, ParkedTaskDoesNotKeepTheExecutionFromItsEnd) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         world.task("parked", Cpu{0}, [&] {
                           order.step('p');
                           Machine::running().park();
                         });
                         world.task("other", Cpu{0}, [&] { order.step('x'); });
                         world.finally([&] { order.note('f'); });
                       }),
            (Orders{"pxf", "xpf"}));
}

TEST(Context, ParkedTaskWithPreemptionOffKeepsItsCpu) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world.task("parked", Cpu{0}, [&] {
                           Machine::running().mask(Mask::preemption, Place{});
                           order.step('p');
                           Machine::running().park();
                         });
                         world.task("other", Cpu{0}, [&] { order.step('x'); });
                         world.task("elsewhere", Cpu{1}, [&] { order.step('e'); });
                       }),
            (Orders{"pe stuck", "ep stuck", "xpe", "xep", "exp"}));
}

TEST(Context, ParkedHandlerKeepsItsCpu) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world
                             .interrupt("irq", Cpu{0}, Level::hardirq, 0,
                                        [&] { Machine::running().park(); })
                             .raise();
                         world.task("other", Cpu{0}, [&] { order.step('x'); });
                         world.task("elsewhere", Cpu{1}, [&] { order.step('e'); });
                       }),
            (Orders{"e stuck", "xe", "ex"}));
}

TEST(Context, SetupMayPark) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         world.task("task", Cpu{0}, [&] { order.step('a'); });
                         Machine::running().park();
                       }),
            (Orders{"a"}));
}

TEST(Context, RelaxYieldsUntilSomebodyElseHasStepped) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world.task("spinner", Cpu{0}, [&] {
                           order.step('s');
                           Machine::running().relax(Place{});
                           order.note('r');
                         });
                         world.task("other", Cpu{1}, [&] { order.steps("ab"); });
                       }),
            (Orders{"sarb", "sabr", "asbr", "absr"}));
}

TEST(Context, RelaxReturnsSomeTimesThoughNobodyElseCanStep) {
  const auto spin = [](std::uint32_t rounds) {
    return all_orders(with_cpus(1), [rounds](World& world, Order& order) {
      world.task("spinner", Cpu{0}, [&order, rounds] {
        for (std::uint32_t i = 0; i < rounds; ++i) Machine::running().relax(Place{});
        order.note('s');
      });
    });
  };
  EXPECT_EQ(spin(Limits::idle_relaxes_max), Orders{"s"});
  EXPECT_EQ(spin(Limits::idle_relaxes_max + 1), Orders{" stuck"});
}

TEST(Context, RelaxInTheHandlerWaitsForAnotherCpu) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world
                             .interrupt("irq", Cpu{0}, Level::hardirq, 0,
                                        [&] {
                                          order.step('I');
                                          Machine::running().relax(Place{});
                                          order.note('r');
                                        })
                             .raise();
                         world.task("below", Cpu{0}, [&] { order.step('b'); });
                         world.task("elsewhere", Cpu{1}, [&] { order.step('e'); });
                       })
                .contains("Ierb"),
            true);
}

TEST(Context, TwoSpinnersTakeTurns) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         auto& left = world.create<bool>(false);
                         auto& right = world.create<bool>(false);
                         world.task("left", Cpu{0}, [&] {
                           order.step('l');
                           left = true;
                           while (!right) Machine::running().relax(Place{});
                         });
                         world.task("right", Cpu{1}, [&] {
                           order.step('r');
                           right = true;
                           while (!left) Machine::running().relax(Place{});
                         });
                       }),
            (Orders{"lr", "rl"}));
}

TEST(Context, FinallyRunsLastAndInOrder) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world.finally([&] { order.note('1'); });
                         world.finally([&] { order.step('2'); });
                         world.task("left", Cpu{0}, [&] { order.step('a'); });
                         world.task("right", Cpu{1}, [&] { order.step('b'); });
                         world.interrupt("irq", Cpu{0}, Level::hardirq, 1,
                                         [&] { order.note('I'); });
                       }),
            (Orders{"ab12", "ba12", "Iab12", "Iba12", "aIb12", "bIa12"}));
}

TEST(Context, FinallyDoesNotRunWhenTasksAreStuck) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world.finally([&] { order.note('f'); });
                         Task parked =
                             world.task("parked", Cpu{0}, [] { Machine::running().park(); });
                         world.task("joiner", Cpu{1}, [parked]() mutable { parked.join(); });
                       }),
            (Orders{" stuck"}));
}

TEST(Context, TasksThatFinallyCreatesRunAfterIt) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         world.finally([&order] {
                           start("late", Cpu{0}, [&order] { order.step('l'); });
                           order.step('f');
                         });
                       }),
            (Orders{"fl"}));
}

TEST(Context, NamesAreCutNotOverrun) {
  all_orders(with_cpus(1), [](World& world, Order&) {
    world.task("a name of more than twenty-three letters", Cpu{0}, [] {});
  });
  EXPECT_STREQ(machine().context(ContextId{1}).name, "a name of more than twe");
}

TEST(Context, ExceptionsInFlightStayWithTheirTask) {
  // Each task steps, so the other runs, while it handles an exception of its own.
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    for (const char letter : {'a', 'b'})
      world.task("thrower", Cpu{static_cast<std::uint16_t>(letter == 'b')}, [&order, letter] {
        try {
          throw letter;
        } catch (char outer) {
          order.step(outer);
          try {
            throw static_cast<char>(outer + 2);
          } catch (char inner) {
            order.step(inner);
          }
          try {
            throw;
          } catch (char again) {
            if (again != letter) order.note('!');
          }
        }
      });
  });
  EXPECT_EQ(orders, (Orders{"abcd", "abdc", "acbd", "bacd", "badc", "bdac"}));
}

}  // namespace
}  // namespace heddle::sim
