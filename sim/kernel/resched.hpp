// The scheduler's wish that a task gives way (TIF_NEED_RESCHED), and the CPU that a task goes on on
// when it has given way. Both come by choice, within budgets: a wish costs no step, a move one.
#pragma once

#include <cstdint>

#include "sim/machine/world.hpp"

namespace heddle::sim::kernel {

/// How often a task may be told to give way, and how often it may go on on another CPU when it has.
struct Rescheduling {
  std::uint16_t times = 1;
  std::uint16_t migrations = 0;
};
/// @pre called by the world's set-up, for a task that it has created (checked).
void may_be_rescheduled(World& world, Task task, Rescheduling budget);

/// Has the running task been told to give way? Once it has, it stays so until cond_resched().
bool need_resched();

}  // namespace heddle::sim::kernel
