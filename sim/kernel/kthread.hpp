// Kernel threads: tasks that another one can ask to stop.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include "sim/core/call_place.hpp"
#include "sim/machine/world.hpp"

namespace heddle::sim::kernel {

/// What a thread and who started it share. Lies in simulated memory as long as the execution.
struct kthread_control {
  std::uint32_t should_stop;
  Callable body;
};

/// A kernel thread, to stop or to wait for.
class kthread : public Task {
 public:
  kthread(Context& context, kthread_control& control) : Task(context), control_(&control) {}
  kthread_control& control() const { return *control_; }

 private:
  kthread_control* control_;
};

/// Starts a thread that runs `body` for the code at `place`; a step.
kthread start_kthread(const char* name, Cpu cpu, Callable body, Place place);

/// Starts a thread on `cpu` that runs `body`, which is copied; a step. Wait for it with
/// kthread_stop() or Task::join().
template <class Body>
kthread kthread_run(const char* name, Cpu cpu, Body&& body) {
  using Stored = std::decay_t<Body>;
  static_assert(alignof(Stored) <= 8, "the arena aligns to 8 bytes");
  void* room = Machine::running().allocate_raw(sizeof(Stored));
  new (room) Stored(std::forward<Body>(body));
  return start_kthread(name, cpu, {[](void* stored) { (*static_cast<Stored*>(stored))(); }, room},
                       HEDDLE_CALL_PLACE);
}

/// Asks the thread to stop, a step, and blocks until it has ended; what it did comes before what
/// follows.
void kthread_stop(kthread thread);
/// Is the running kernel thread asked to stop? A step, which orders nothing. @pre it is one
/// (checked).
bool kthread_should_stop();

}  // namespace heddle::sim::kernel
