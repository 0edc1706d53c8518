// What sharing a CPU orders: sections that mask each other, and nothing else. The rules one by one;
// a race must be seen in every schedule, wherever the interrupt landed.
#include <atomic>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/checkers/racing.hpp"

namespace heddle::checkers {
namespace {

using sim::Cpu;
using sim::Level;
using sim::Mask;
using sim::Place;
using sim::World;

/// Turns a mask off and on around a section.
class Masked {
 public:
  explicit Masked(Mask mask) : mask_(mask) { sim::Machine::running().mask(mask, Place{}); }
  ~Masked() { sim::Machine::running().unmask(mask_, Place{}); }
  Masked(const Masked&) = delete;
  Masked& operator=(const Masked&) = delete;

 private:
  Mask mask_;
};

/// A section of a context: its level and, for a task or a handler, what else it turns off.
struct Section {
  Level level = Level::task;
  std::vector<Mask> off;
};

void write_in_section(int& x, const std::vector<Mask>& off) {
  sim::Machine& machine = sim::Machine::running();
  for (Mask mask : off) machine.mask(mask, Place{});
  ++x;
  for (auto mask = off.rbegin(); mask != off.rend(); ++mask) machine.unmask(*mask, Place{});
}

void add_section(World& world, int& x, Cpu cpu, const Section& section) {
  const auto body = [&x, &section] { write_in_section(x, section.off); };
  if (section.level == Level::task)
    world.task("task", cpu, body);
  else
    world.interrupt("handler", cpu, section.level, 0, body).raise();
}

struct Case {
  const char* name;
  Section a, b;
  bool ordered;  // on one CPU
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Sections : public ::testing::TestWithParam<Case> {};

TEST_P(Sections, AreOrderedOnOneCpuExactlyIfTheyMaskEachOther) {
  const Case& c = GetParam();
  EXPECT_EQ(racing([&c](World& world) {
              int& x = world.create<int>(0);
              add_section(world, x, Cpu{1}, c.a);
              add_section(world, x, Cpu{1}, c.b);
            }),
            c.ordered ? 0u : seeds);
}

TEST_P(Sections, AreNeverOrderedOnTwoCpus) {
  const Case& c = GetParam();
  EXPECT_EQ(racing([&c](World& world) {
              int& x = world.create<int>(0);
              add_section(world, x, Cpu{0}, c.a);
              add_section(world, x, Cpu{1}, c.b);
            }),
            seeds);
}

constexpr Level task = Level::task;
constexpr Level softirq = Level::softirq;
constexpr Level hardirq = Level::hardirq;
constexpr Level nmi = Level::nmi;
constexpr Mask preempt = Mask::preemption;
constexpr Mask bh = Mask::softirq;
constexpr Mask irq = Mask::hardirq;

INSTANTIATE_TEST_SUITE_P(
    Masking, Sections,
    ::testing::Values(Case{"task_task", {task, {}}, {task, {}}, false},
                      Case{"task_preempt_task", {task, {preempt}}, {task, {}}, false},
                      Case{"task_preempt_task_preempt", {task, {preempt}}, {task, {preempt}}, true},
                      Case{"task_preempt_task_bh", {task, {preempt}}, {task, {bh}}, true},
                      Case{"task_preempt_task_irq", {task, {preempt}}, {task, {irq}}, true},
                      Case{"task_bh_task_irq", {task, {bh}}, {task, {irq}}, true},
                      Case{"task_irq_task", {task, {irq}}, {task, {}}, false},
                      Case{"task_softirq", {task, {}}, {softirq, {}}, false},
                      Case{"task_preempt_softirq", {task, {preempt}}, {softirq, {}}, false},
                      Case{"task_bh_softirq", {task, {bh}}, {softirq, {}}, true},
                      Case{"task_irq_softirq", {task, {irq}}, {softirq, {}}, true},
                      Case{"task_preempt_bh_softirq", {task, {preempt, bh}}, {softirq, {}}, true},
                      Case{"task_hardirq", {task, {}}, {hardirq, {}}, false},
                      Case{"task_preempt_hardirq", {task, {preempt}}, {hardirq, {}}, false},
                      Case{"task_bh_hardirq", {task, {bh}}, {hardirq, {}}, false},
                      Case{"task_irq_hardirq", {task, {irq}}, {hardirq, {}}, true},
                      Case{"task_preempt_irq_hardirq", {task, {preempt, irq}}, {hardirq, {}}, true},
                      Case{"softirq_softirq", {softirq, {}}, {softirq, {}}, true},
                      Case{"softirq_hardirq", {softirq, {}}, {hardirq, {}}, false},
                      Case{"softirq_irq_hardirq", {softirq, {irq}}, {hardirq, {}}, true},
                      Case{"hardirq_hardirq", {hardirq, {}}, {hardirq, {}}, true},
                      Case{"task_irq_nmi", {task, {irq}}, {nmi, {}}, false},
                      Case{"hardirq_nmi", {hardirq, {}}, {nmi, {}}, false},
                      Case{"nmi_nmi", {nmi, {}}, {nmi, {}}, true}),
    [](const auto& sections) { return std::string(sections.param.name); });

TEST(Masking, AHandlerComesAfterItsCreation) {
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              x = 1;
              world.interrupt("handler", Cpu{1}, Level::hardirq, 3, [&x] { ++x; });
              world.finally([&x] { ++x; });
            }),
            0u);
}

// A handler that came before the section is ordered with what follows it; one that comes after,
// not.
TEST(Masking, OnlyWhatIsInsideTheSectionIsOrdered) {
  EXPECT_GT(racing([](World& world) {
              int& x = world.create<int>(0);
              world.task("task", Cpu{0}, [&x] {
                {
                  Masked section(Mask::hardirq);
                }
                ++x;
              });
              world.interrupt("handler", Cpu{0}, Level::hardirq, 0, [&x] { ++x; }).raise();
            }),
            0u);
}

TEST(Masking, NestedSectionsEndWithTheOuterOne) {
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              for (int i = 0; i < 2; ++i)
                world.task("task", Cpu{0}, [&x] {
                  Masked outer(Mask::preemption);
                  {
                    Masked inner(Mask::preemption);
                    ++x;
                  }
                  ++x;
                });
            }),
            0u);
}

TEST(Masking, ALastTaskStaysOrderedWithOneThatHasEnded) {
  // When the second one runs, nobody else lives on the CPU any more.
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              for (int i = 0; i < 2; ++i)
                world.task("task", Cpu{1}, [&x] {
                  Masked section(Mask::preemption);
                  ++x;
                });
            }),
            0u);
}

TEST(Masking, ASectionThatBeganAloneOnTheCpuEndsInCompany) {
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              world.task("first", Cpu{1}, [&x] {
                Masked section(Mask::preemption);
                World(sim::Machine::running()).task("second", Cpu{1}, [&x] {
                  Masked other(Mask::preemption);
                  ++x;
                });
                ++x;
              });
            }),
            0u);
}

TEST(Masking, ATaskThatEndedAloneIsOrderedBeforeLaterSections) {
  EXPECT_EQ(racing([](World& world) {
              int& x = world.create<int>(0);
              auto& ended = world.create<std::atomic<bool>>(false);
              world.task("first", Cpu{1}, [&x, &ended] {
                {
                  Masked section(Mask::preemption);
                  ++x;
                }
                ended.store(true, std::memory_order_relaxed);
              });
              world.task("creator", Cpu{0}, [&x, &ended] {
                while (!ended.load(std::memory_order_relaxed))
                  sim::Machine::running().relax(Place{});
                World(sim::Machine::running()).task("second", Cpu{1}, [&x] {
                  Masked section(Mask::preemption);
                  ++x;
                });
              });
            }),
            0u);
}

}  // namespace
}  // namespace heddle::checkers
