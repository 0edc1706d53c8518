// A counter that a task and an interrupt handler of the same CPU share. No lock is needed there,
// but interrupts must be off: the handler can land between the reading and the writing. Marked
// accesses do not race, so that all there is to find is the event that gets lost.
#include "heddle.hpp"
#include "heddle/testing.hpp"

namespace {
using namespace heddle;

template <bool masks>
void count(long& events) {
  unsigned long flags = 0;
  if (masks) kernel::local_irq_save(flags);
  kernel::WRITE_ONCE(events, kernel::READ_ONCE(events) + 1);
  if (masks) kernel::local_irq_restore(flags);
}

template <bool masks>
void count_events(World& world, DefectBits) {
  auto& events = world.variable<long>("events", 0);
  auto& landed = world.variable<long>("landed", 0);
  world.task("task", Cpu{0}, [&events] { count<masks>(events); });
  // It lands up to twice, anywhere where interrupts are on, or not at all.
  world.interrupt("timer", Cpu{0}, Level::hardirq, 2, [&events, &landed] {
    count<false>(events);  // nothing else lands in a handler
    ++landed;
  });
  world.finally(
      [&world, &events, &landed] { world.expect(events == landed + 1, "every event is counted"); });
}
HEDDLE_SCENARIO("example/interrupt_counter_unmasked", count_events<false>);
HEDDLE_SCENARIO("example/interrupt_counter", count_events<true>);

TEST(InterruptCounter, LosesEventsToItsHandler) {
  EXPECT_FINDS(explore("example/interrupt_counter_unmasked"), FindingKind::invariant);
}
TEST(InterruptCounter, CountsEverythingWithInterruptsOff) {
  EXPECT_CLEAN(
      explore("example/interrupt_counter", {.strategy = StrategyKind::dfs, .executions = 0}));
}

}  // namespace
