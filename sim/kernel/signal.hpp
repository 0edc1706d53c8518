// Signals, as far as the kernel's waits know them: one is pending for a task, and ends a sleep that lets
// it. No handler runs; what the task does about it is up to the task. SIGKILL is the fatal one.
//
// A signal that comes from nowhere, such as a user's ^C, lands as an interrupt does: at any step of the
// task's CPU at which interrupts are on, within a budget.
#pragma once

#include <csignal>  // the names of the numbers are the C library's
#include <cstdint>

#include "sim/machine/world.hpp"

namespace heddle::sim::kernel {

/// What a system call that a signal ended tells its caller's side of the kernel; no process sees it.
inline constexpr int ERESTARTSYS = 512;

/// The signal is pending for the task from now on. A step. It orders nothing.
void send_sig(int signal, Task task);
/// Up to `times`, at any moment, the signal becomes pending for `task` by itself. A task that nothing
/// else could wake gets it in the end, so whether a wait would have hung without it is not seen.
void signals_may_land(World& world, Task task, int signal, std::uint16_t times);

/// Is any signal pending for the running task? A step.
bool signal_pending();
/// Is SIGKILL? A step.
bool fatal_signal_pending();
/// The running task has dealt with its signals: none is pending. A step.
void flush_signals();

// For the vocabulary's own waits.

/// Does a pending signal (Machine::pending_signals()) end such a sleep?
bool ends_sleep(std::uint64_t pending, Sleep sleep);
/// The running step wakes those who sleep in one of these ways.
void wake_all(Machine& machine, ContextSet contexts, Sleep sleeps);

}  // namespace heddle::sim::kernel
