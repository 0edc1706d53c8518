#include "sim/kernel/preempt.hpp"

#include "sim/kernel/place.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

void preempt_disable() { Machine::running().mask(Mask::preemption, HEDDLE_CALL_PLACE); }
void preempt_enable() { Machine::running().unmask(Mask::preemption, HEDDLE_CALL_PLACE); }
void local_bh_disable() { Machine::running().mask(Mask::softirq, HEDDLE_CALL_PLACE); }
void local_bh_enable() { Machine::running().unmask(Mask::softirq, HEDDLE_CALL_PLACE); }
void local_irq_disable() { Machine::running().mask(Mask::hardirq, HEDDLE_CALL_PLACE); }
void local_irq_enable() { Machine::running().unmask(Mask::hardirq, HEDDLE_CALL_PLACE); }

void local_irq_save(unsigned long& flags) {
  flags = irqs_disabled() ? 1 : 0;
  Machine::running().mask(Mask::hardirq, HEDDLE_CALL_PLACE);
}
void local_irq_restore(unsigned long flags) {
  if (flags == 0) Machine::running().unmask(Mask::hardirq, HEDDLE_CALL_PLACE);
}

bool irqs_disabled() { return Machine::running().self().irqs_off; }
bool in_interrupt() {
  const Context& self = Machine::running().self();
  return self.level != Level::task || self.softirq_count != 0;
}
bool in_atomic() { return Machine::running().self().is_atomic(); }
int smp_processor_id() { return Machine::running().self().cpu.value; }

void might_sleep() {
  Machine& machine = Machine::running();
  machine.emit({.kind = EventKind::might_sleep, .place = HEDDLE_CALL_PLACE});
  if (machine.config().preemption == Preemption::voluntary) machine.yield(HEDDLE_CALL_PLACE);
}
void cond_resched() { Machine::running().yield(HEDDLE_CALL_PLACE); }
void cpu_relax() { Machine::running().relax(HEDDLE_CALL_PLACE); }

}  // namespace heddle::sim::kernel
