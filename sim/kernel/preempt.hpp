// Preemption, interrupts and where the code may sleep, of the running context. What is turned off
// here is a step where it keeps somebody off the CPU; to turn it on again is none.
#pragma once

namespace heddle::sim::kernel {

void preempt_disable();
void preempt_enable();
void local_bh_disable();
void local_bh_enable();
void local_irq_disable();
void local_irq_enable();
/// @returns what the matching local_irq_restore() needs: 1 if interrupts were off before.
[[nodiscard]] unsigned long raw_local_irq_save();
/// @param flags  out: see raw_local_irq_save().
[[gnu::always_inline]] inline void local_irq_save(unsigned long& flags) {
  flags = raw_local_irq_save();
}
/// Interrupts are as they were when `flags` were saved.
void local_irq_restore(unsigned long flags);

bool irqs_disabled();
/// In a handler, or with softirqs off.
bool in_interrupt();
/// In a handler, or with preemption or softirqs off. As in the kernel, interrupts do not count.
bool in_atomic();
int smp_processor_id();

/// Says that the code may sleep here; a finding in atomic context. Where preemption is voluntary,
/// others of this CPU may run now.
void might_sleep();
/// Says that the code may sleep here; lets other tasks of this CPU run where preemption is not full
/// (where it is, they may run at any step). A task that was told to give way (need_resched) has
/// done so, and may go on on another CPU.
void cond_resched();
/// In a loop that waits for somebody else: goes on when somebody else has stepped.
void cpu_relax();

}  // namespace heddle::sim::kernel
