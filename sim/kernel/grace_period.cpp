#include "sim/kernel/grace_period.hpp"

#include "sim/core/call_place.hpp"
#include "sim/kernel/sleep.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// Who gets to do this is at a point where its CPU could be preempted. Interrupts are off meanwhile
/// to be ordered with handlers that ran there.
void pass(void*) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  machine.mask(Mask::hardirq, place);
  machine.unmask(Mask::hardirq, place);
}

}  // namespace

void synchronize_sched() {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  may_sleep(machine, event_can_sleep, place);
  if (machine.runs_alone()) return;
  const Cpu here = machine.self().cpu;
  const std::uint16_t cpus = machine.config().cpus;
  for (std::uint16_t i = 0; i < cpus; ++i) {
    if (i == here.value) continue;
    machine.join(machine.create_task("grace period", Cpu{i}, {&pass, nullptr}, place), place);
  }
  pass(nullptr);
}

}  // namespace heddle::sim::kernel
