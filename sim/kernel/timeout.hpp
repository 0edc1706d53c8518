// Sleeping for a while. Time is asynchronous: no relative speed is assumed, so a sleep may end at
// any moment, however long it was meant to be, and that covers a signal that ends it early.
#pragma once

namespace heddle::sim::kernel {

/// Sleeps; others of the CPU run meanwhile. To be called in a loop that looks for what it waits
/// for: it goes on when somebody else has stepped, and a loop that nobody is left to end is a
/// livelock. May sleep: a finding in atomic context.
void schedule_timeout(long jiffies);

}  // namespace heddle::sim::kernel
