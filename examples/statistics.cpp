// The README's example: a counter that a task and an interrupt handler share.
#include "heddle.hpp"

namespace {
using namespace heddle;

struct Statistics {
  kernel::spinlock_t lock = kernel::SPIN_LOCK_UNLOCKED("statistics.lock");
  long packets = 0;
};

void count_packets(World& world, DefectBits) {
  auto& statistics = world.variable<Statistics>("statistics");
  const auto count = [&statistics] {
    kernel::spin_lock(&statistics.lock);
    ++statistics.packets;
    kernel::spin_unlock(&statistics.lock);
  };
  world.task("sender", Cpu{0}, count);
  world.interrupt("receiver", Cpu{0}, Level::hardirq, 1, count);
}
HEDDLE_SCENARIO("example/statistics", count_packets)
    .summary("a task and an interrupt handler count packets under one spinlock")
    .always_finds(FindingKind::deadlock);

}  // namespace
