// Preemption, interrupts and where the code may sleep, of the running context.
#pragma once

#include <cstdint>

namespace heddle::sim::kernel {

void preempt_disable();
void preempt_enable();
void local_bh_disable();
void local_bh_enable();
void local_irq_disable();
void local_irq_enable();
/// @param flags  out: whether interrupts were off before.
void local_irq_save(unsigned long& flags);
void local_irq_restore(unsigned long flags);

bool irqs_disabled();
bool in_interrupt();
/// Would sleeping here be a bug?
bool in_atomic();
int smp_processor_id();

/// Says that the code may sleep here; a finding in atomic context. Where preemption is voluntary,
/// others of this CPU may run now.
void might_sleep();
/// Lets other tasks of this CPU run, whatever the preemption model.
void cond_resched();
/// In a loop that waits for somebody else: goes on when somebody else has stepped.
void cpu_relax();

}  // namespace heddle::sim::kernel
