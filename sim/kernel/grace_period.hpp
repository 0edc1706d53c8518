// Waiting until nobody is left in a section with preemption off that has begun before (RCU-sched).
//
// It is done as the kernel did it at first: somebody runs on each CPU in turn, which is only
// possible where preemption is on. So how long a grace period takes is a matter of the schedule,
// and ending one needs nothing but what the machine has anyway. Each one creates a task on every
// CPU but the caller's: an execution has room for few.
#pragma once

namespace heddle::sim::kernel {

/// Blocks until each CPU has been through a point where it could be preempted and no handler ran.
/// What was done before in sections with preemption or interrupts off, there, comes before what
/// follows. May sleep: a finding in atomic context. Returns at once while nobody else runs.
void synchronize_sched();

}  // namespace heddle::sim::kernel
