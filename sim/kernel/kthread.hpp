// Kernel threads.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include "sim/machine/world.hpp"

namespace heddle::sim::kernel {

/// Starts a thread on `cpu` that runs `body`; a step. Wait for it with Task::join().
template <class Body>
Task kthread_run(const char* name, Cpu cpu, Body&& body) {
  World world(Machine::running());
  return world.task(name, cpu, std::forward<Body>(body));
}

}  // namespace heddle::sim::kernel
