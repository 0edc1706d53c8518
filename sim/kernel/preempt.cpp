#include "sim/kernel/preempt.hpp"

#include "sim/core/call_place.hpp"
#include "sim/kernel/sleep.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

void irqs_off(Place place) {
  Machine& machine = Machine::running();
  if (!machine.self().irqs_off) machine.mask(Mask::hardirq, place);
}
void irqs_on(Place place) {
  Machine& machine = Machine::running();
  if (machine.self().irqs_off) machine.unmask(Mask::hardirq, place);
}

}  // namespace

void preempt_disable() { Machine::running().mask(Mask::preemption, HEDDLE_CALL_PLACE); }
void preempt_enable() { Machine::running().unmask(Mask::preemption, HEDDLE_CALL_PLACE); }
void local_bh_disable() { Machine::running().mask(Mask::softirq, HEDDLE_CALL_PLACE); }
void local_bh_enable() { Machine::running().unmask(Mask::softirq, HEDDLE_CALL_PLACE); }
void local_irq_disable() { irqs_off(HEDDLE_CALL_PLACE); }
void local_irq_enable() { irqs_on(HEDDLE_CALL_PLACE); }

unsigned long raw_local_irq_save() {
  const bool were_off = irqs_disabled();
  irqs_off(HEDDLE_CALL_PLACE);
  return were_off ? 1 : 0;
}
void local_irq_restore(unsigned long flags) {
  if (flags == 0)
    irqs_on(HEDDLE_CALL_PLACE);
  else
    irqs_off(HEDDLE_CALL_PLACE);
}

bool irqs_disabled() { return Machine::running().self().irqs_off; }
bool in_interrupt() {
  const Context& self = Machine::running().self();
  return self.level != Level::task || self.softirq_count != 0;
}
bool in_atomic() { return in_interrupt() || Machine::running().self().preempt_count != 0; }
int smp_processor_id() { return Machine::running().self().cpu.value; }

void might_sleep() { may_sleep(Machine::running(), 0, HEDDLE_CALL_PLACE); }

void cpu_relax() { Machine::running().relax(HEDDLE_CALL_PLACE); }

}  // namespace heddle::sim::kernel
