// Wait queues (linux/wait.h): tasks that sleep until a condition holds, and those who say that it
// may. To put oneself on a queue, to wake up, to leave the queue and to wake the others is one step
// each; what is done on a queue orders what comes before and after.
//
// The condition belongs to the code under test: a waker changes it first and wakes then. A waiter
// that looks at it before it is on the queue misses wakers, and hangs. Not modelled: exclusive
// waiters (those who wait do not say that one is enough; wakers may), timeouts.
#pragma once

#include "sim/kernel/lock_core.hpp"
#include "sim/kernel/signal.hpp"

namespace heddle::sim::kernel {

/// Uninitialised memory is none: using it is seen.
struct wait_queue_head_t {
  LockCore core;
  ContextSet waiters;
};

/// A queue that needs no initialisation at run time. `class_name` names all that are used alike; it
/// lives as long as the program.
constexpr wait_queue_head_t WAIT_QUEUE_HEAD(const char* class_name) {
  return {unlocked(class_name), {}};
}
/// Initialises, or forgets who waits: they are not woken by this queue any more.
void init_waitqueue_head(wait_queue_head_t* queue, const char* class_name);

/// Wakes all who wait.
void wake_up(wait_queue_head_t* queue);
/// Wakes one of those who wait and are not woken yet: a choice says which.
void wake_up_one(wait_queue_head_t* queue);
/// Wakes all who wait and whom any signal would wake; others sleep on.
void wake_up_interruptible(wait_queue_head_t* queue);
/// Does anybody wait? A step, which orders nothing: its use without the lock that guards the
/// condition is what it looks like.
bool waitqueue_active(const wait_queue_head_t* queue);

// What waits are made of, for loops by hand.

/// Puts the running task on the queue; from here on wakers do not miss it. @returns 0, or
/// -ERESTARTSYS when a signal is pending that ends such a sleep: it is not on the queue then.
int prepare_to_wait(wait_queue_head_t* queue, Sleep sleep);
/// Sleeps unless somebody has woken the running task since it prepared.
void schedule();
/// Leaves the queue.
void finish_wait(wait_queue_head_t* queue);

/// Sleeps in this way until condition() holds. It is asked before the task is on the queue, and
/// then after every wake-up; it may take steps. @returns 0, or -ERESTARTSYS.
template <class Condition>
[[gnu::always_inline]] inline int wait_event_asleep(wait_queue_head_t* queue, Sleep sleep,
                                                    Condition&& condition) {
  if (condition()) return 0;
  int interrupted = 0;
  for (;;) {
    interrupted = prepare_to_wait(queue, sleep);
    if (condition()) {
      interrupted = 0;
      break;
    }
    if (interrupted != 0) return interrupted;
    schedule();
  }
  finish_wait(queue);
  return interrupted;
}
template <class Condition>
[[gnu::always_inline]] inline void wait_event(wait_queue_head_t* queue, Condition&& condition) {
  wait_event_asleep(queue, Sleep::uninterruptible, condition);
}
/// @returns 0, or -ERESTARTSYS when any signal is pending and condition() does not hold.
template <class Condition>
[[nodiscard, gnu::always_inline]] inline int wait_event_interruptible(wait_queue_head_t* queue,
                                                                      Condition&& condition) {
  return wait_event_asleep(queue, Sleep::interruptible, condition);
}
/// The same for SIGKILL alone.
template <class Condition>
[[nodiscard, gnu::always_inline]] inline int wait_event_killable(wait_queue_head_t* queue,
                                                                 Condition&& condition) {
  return wait_event_asleep(queue, Sleep::killable, condition);
}

}  // namespace heddle::sim::kernel
