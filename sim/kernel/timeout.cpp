#include "sim/kernel/timeout.hpp"

#include "sim/core/call_place.hpp"
#include "sim/kernel/sleep.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

void schedule_timeout(long) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  may_sleep(machine, event_can_sleep, place);
  if (machine.config().relaxing == Relaxing::waits) machine.leave_cpu();
  machine.relax(place);
  if (machine.config().relaxing == Relaxing::spins) machine.yield(place);
}

}  // namespace heddle::sim::kernel
