#include "sim/kernel/sleep.hpp"

#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

void may_sleep(Machine& machine, std::uint8_t flags, Place place) {
  machine.emit({.kind = EventKind::might_sleep, .flags = flags, .place = place});
  if (machine.config().preemption == Preemption::voluntary) machine.yield(place);
}

}  // namespace heddle::sim::kernel
