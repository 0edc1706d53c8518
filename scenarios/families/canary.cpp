// The canary: a planted bug that every suite must find, and its correct twin. A suite that does not
// find the one, or complains about the other, is broken, whatever it says about anything else.
#include "scenarios/registry/scenario.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/spinlock.hpp"

namespace heddle::scenarios::canary {
namespace {

namespace kernel = sim::kernel;
using sim::Cpu;
using sim::FindingKind;
using sim::World;

constexpr int door_positions = 12;
constexpr int half_open = 7;

/// Clerks count visitors while a porter opens the door, a bit at a time.
struct Till {
  kernel::spinlock_t guard = kernel::SPIN_LOCK_UNLOCKED("till_guard");
  kernel::atomic_t door = {0};
  int visitors = 0;
};

void open_door(Till& till) {
  for (int position = 1; position <= door_positions; ++position)
    kernel::atomic_set(&till.door, position);
}

/// Always takes the guard.
void count_carefully(Till& till) {
  kernel::atomic_read(&till.door);
  kernel::spin_lock(&till.guard);
  till.visitors = till.visitors + 1;
  kernel::spin_unlock(&till.guard);
}

/// Forgets the guard if it happens to look just when the door is half open.
void count_carelessly(Till& till) {
  if (kernel::atomic_read(&till.door) != half_open) return count_carefully(till);
  till.visitors = till.visitors + 1;
}

template <void (*count)(Till&)>
void count_visitors(World& world, DefectBits) {
  Till& till = world.create<Till>();
  world.name(till.visitors, "visitors");
  world.name(till.door, "door");
  world.task("porter", Cpu{0}, [&till] { open_door(till); });
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("clerk", Cpu{static_cast<std::uint16_t>(i + 1)}, [&till] { count(till); });
  world.finally([&world, &till] { world.expect(till.visitors == 2, "every visitor is counted"); });
}

HEDDLE_SCENARIO("canary/clean", count_visitors<count_carefully>)
    .summary("two clerks count visitors, always under the lock: nothing may be found")
    .cpus(3);

HEDDLE_SCENARIO("canary/lost_update", count_visitors<count_carelessly>)
    .summary("the same, but a clerk forgets the lock in a small window: this must be found")
    .cpus(3)
    .always_finds(FindingKind::data_race)
    .always_finds(FindingKind::invariant);

}  // namespace
}  // namespace heddle::scenarios::canary
