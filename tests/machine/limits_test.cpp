// How an execution ends other than by finishing: limits, choosers that give up, loops without end.
#include <algorithm>
#include <array>
#include <atomic>
#include <vector>

#include <gtest/gtest.h>

#include "sim/choice/replay.hpp"
#include "tests/machine/masks.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim {
namespace {

using tests::all_orders;
using tests::machine;
using tests::Order;
using tests::Orders;
using tests::run_once;
using tests::with_cpus;

/// Two tasks that step for ever.
auto endless = [](World& world) {
  auto& x = world.create<std::atomic<int>>(0);
  for (std::uint16_t cpu = 0; cpu < 2; ++cpu)
    world.task("endless", Cpu{cpu}, [&] {
      for (;;) x.fetch_add(1);
    });
};

TEST(Limits, StepsMaxIsABound) {
  MachineConfig config = with_cpus(2);
  config.limits.steps_max = 50;
  machine().configure(config);
  RandomChooser chooser;
  EXPECT_EQ(run_once(endless, chooser), Outcome::bound_reached);
  EXPECT_TRUE(machine().findings().empty());
}

TEST(Limits, RoomForChoicesIsABound) {
  machine().configure(with_cpus(2));
  RandomChooser chooser;
  std::array<Choice, 20> entries;
  volatile std::uint64_t size = 0;
  EXPECT_EQ(
      machine().run(tests::callable(endless), chooser, {entries.data(), entries.size(), &size}),
      Outcome::bound_reached);
  EXPECT_EQ(size, entries.size());
}

TEST(Limits, ChooserThatGivesUpEndsTheExecution) {
  machine().configure(with_cpus(2));
  ReplayChooser nothing({});
  EXPECT_EQ(run_once(endless, nothing), Outcome::given_up);
  EXPECT_EQ(run_once([](World& world) { world.choose(2); }, nothing), Outcome::given_up);
}

TEST(Limits, ACpuThatIsNotThereIsFound) {
  machine().configure(with_cpus(2));
  RandomChooser chooser;
  const auto expect_found = [&](void (*body)(World&)) {
    EXPECT_EQ(run_once(body, chooser), Outcome::stopped);
    ASSERT_EQ(machine().findings().size(), 1U);
    EXPECT_EQ(machine().findings()[0].kind, FindingKind::invariant);
    EXPECT_TRUE(machine().findings()[0].fatal);
  };
  expect_found([](World& world) { world.task("task", Cpu{2}, [] {}); });
  expect_found([](World& world) { world.interrupt("irq", Cpu{9}, Level::hardirq, 1, [] {}); });
  expect_found([](World& world) {
    world.task("task", Cpu{1}, [&world] { world.task("child", Cpu{2}, [] {}); });
  });
}

TEST(Limits, MemoryOfAContextIsABound) {
  machine().configure(with_cpus(1));
  RandomChooser chooser;
  EXPECT_EQ(run_once(
                [](World& world) {
                  struct Big {
                    char bytes[arena_layout::heap_bytes];
                  };
                  Machine::running().allocate(sizeof(Big), "big", Heap::Fill::poison, Place{});
                  world.task("not reached", Cpu{0}, [] {});
                },
                chooser),
            Outcome::bound_reached);
  EXPECT_EQ(machine().context_count(), 1);
}

TEST(Limits, AbsurdSizesAreABoundToo) {
  machine().configure(with_cpus(1));
  RandomChooser chooser;
  for (const std::size_t size : {~std::size_t{0}, ~std::size_t{0} - 7, ~std::size_t{0} - 20}) {
    EXPECT_EQ(run_once(
                  [size](World&) {
                    Machine::running().allocate(size, "absurd", Heap::Fill::poison, Place{});
                  },
                  chooser),
              Outcome::bound_reached);
    EXPECT_EQ(run_once([size](World&) { Machine::running().allocate_raw(size); }, chooser),
              Outcome::bound_reached);
  }
}

TEST(Limits, ContextsAreABoundAndFinallyHasRoom) {
  machine().configure(with_cpus(1));
  RandomChooser chooser;
  const auto tasks = [&](int count) {
    return run_once(
        [count](World& world) {
          for (int i = 0; i < count; ++i) world.task("task", Cpu{0}, [] {});
          world.finally([] {});
        },
        chooser);
  };
  EXPECT_EQ(tasks(contexts_max - 2), Outcome::finished);  // without "boot" and "finally"
  EXPECT_EQ(tasks(contexts_max - 1), Outcome::bound_reached);
}

TEST(Limits, EndlessPlainLoopIsALivelock) {
  MachineConfig config = with_cpus(1);
  config.limits.accesses_between_steps_max = 1000;
  machine().configure(config);
  RandomChooser chooser;
  EXPECT_EQ(run_once(
                [](World& world) {
                  auto& x = world.create<int>(0);
                  world.task("endless", Cpu{0}, [&] {
                    for (;;) {
                      x = 1;
                      asm volatile("" ::: "memory");
                    }
                  });
                },
                chooser),
            Outcome::stopped);
  ASSERT_EQ(machine().findings().size(), 1u);
  EXPECT_EQ(machine().findings()[0].kind, FindingKind::livelock);
}

// A function that neither calls nor accesses anything is not instrumented.
[[gnu::noinline]] void leaf() { asm volatile(""); }
[[gnu::noinline]] void call_something() {
  leaf();
  asm volatile("");
}

TEST(Limits, EndlessLoopOfCallsIsALivelock) {
  MachineConfig config = with_cpus(1);
  config.limits.accesses_between_steps_max = 1000;
  machine().configure(config);
  RandomChooser chooser;
  EXPECT_EQ(run_once(
                [](World& world) {
                  world.task("endless", Cpu{0}, [] {
                    for (;;) call_something();
                  });
                },
                chooser),
            Outcome::stopped);
  ASSERT_EQ(machine().findings().size(), 1u);
  EXPECT_EQ(machine().findings()[0].kind, FindingKind::livelock);
}

TEST(Limits, WorkBetweenStepsIsCountedAnewAfterEachStep) {
  MachineConfig config = with_cpus(1);
  config.limits.accesses_between_steps_max = 1000;
  machine().configure(config);
  RandomChooser chooser;
  EXPECT_EQ(run_once(
                [](World& world) {
                  auto& marked = world.create<std::atomic<int>>(0);
                  world.task("busy", Cpu{0}, [&] {
                    for (int i = 0; i < 20; ++i) {
                      for (int call = 0; call < 300; ++call) call_something();
                      marked.store(i);
                    }
                  });
                },
                chooser),
            Outcome::finished);
}

/// Counts how often an execution got stuck.
class StuckObserver final : public Observer {
 public:
  void stuck(Machine&) override { ++count; }
  int count = 0;
};

TEST(Limits, WhenNobodyCanStepObserversAreToldAndTheOutcomeIsStuck) {
  StuckObserver observer;
  machine().attach(observer);
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order&) {
                         auto& self = world.create<Context*>(nullptr);
                         world.task("narcissus", Cpu{0}, [&self] {
                           self = &Machine::running().self();
                           Machine::running().join(*self, Place{});
                         });
                       }),
            (Orders{" stuck"}));
  machine().detach_all();
  EXPECT_EQ(observer.count, 1);
}

TEST(Limits, FatalFindingStopsTheExecutionBeforeTheCodeGoesOn) {
  EXPECT_EQ(all_orders(with_cpus(1),
                       [](World& world, Order& order) {
                         world.task("task", Cpu{0}, [&] {
                           Machine& here = Machine::running();
                           order.step('a');
                           Finding finding =
                               here.finding_here(FindingKind::invariant, Place{}, "", no_object);
                           finding.fatal = true;
                           here.report(finding);
                           order.step('b');
                         });
                       }),
            (Orders{"a stopped"}));
}

/// One place, also where a compiler unrolls the loop around it.
[[gnu::noinline]] void expect_green_sky(World& world) { world.expect(false, "the sky is green"); }

TEST(Limits, SameFindingCountsOnceInAnExecution) {
  machine().configure(with_cpus(1));
  RandomChooser chooser;
  run_once(
      [](World& world) {
        for (int i = 0; i < 3; ++i) expect_green_sky(world);
        world.expect(false, "the sea is red");
        world.expect(true, "the grass is green");
      },
      chooser);
  EXPECT_EQ(machine().findings().size(), 2u);
}

TEST(Limits, AnExecutionForgetsTheOneBefore) {
  machine().configure(with_cpus(2));
  RandomChooser chooser;
  run_once([](World& world) { world.expect(false, "this holds"); }, chooser);
  const Orders orders = {"ab", "ba"};
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         world.task("left", Cpu{0}, [&] { order.step('a'); });
                         world.task("right", Cpu{1}, [&] { order.step('b'); });
                       }),
            orders);
  EXPECT_TRUE(machine().findings().empty());
  EXPECT_EQ(machine().heap().blocks().size(), 0u);
}

}  // namespace
}  // namespace heddle::sim
