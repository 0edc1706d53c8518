// Simulated twins of the standard library's mutex and condition variable, with their interface: a
// class that takes the type of its mutex as a parameter, or by an alias, runs under std::mutex in
// production and under sync::mutex here. std::lock_guard, unique_lock and scoped_lock take them.
//
//   template <class Mutex = std::mutex> class Account { ... };
//   using TestedAccount = Account<heddle::sync::mutex>;
//
// Atomics need no twin: those of instrumented code are simulated as they are.
#pragma once

#include <mutex>

#include "sim/kernel/mutex.hpp"
#include "sim/kernel/wait.hpp"

namespace heddle::sync {

// What forwards to the vocabulary stands for its caller in findings.
#define HEDDLE_FORWARDS [[gnu::artificial, gnu::always_inline]] inline

/// Taken by one task at a time; who waits sleeps. Every call is a step. It must live in simulated
/// memory: in a World::variable(), or on the stack of a task.
class mutex {
 public:
  constexpr mutex() noexcept = default;
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;

  HEDDLE_FORWARDS void lock() { sim::kernel::mutex_lock(&lock_); }
  HEDDLE_FORWARDS bool try_lock() { return sim::kernel::mutex_trylock(&lock_); }
  HEDDLE_FORWARDS void unlock() { sim::kernel::mutex_unlock(&lock_); }

 private:
  // Without a name each mutex stands for itself where the order of locks is checked.
  sim::kernel::mutex lock_ = sim::kernel::MUTEX_UNLOCKED(nullptr);
};

/// Who waits is woken by notify_one() or notify_all() alone: no spurious wake-ups, no timeouts.
/// Which of several waiters notify_one() wakes is explored.
class condition_variable {
 public:
  constexpr condition_variable() noexcept = default;
  condition_variable(const condition_variable&) = delete;
  condition_variable& operator=(const condition_variable&) = delete;

  /// @pre the running task holds the lock.
  HEDDLE_FORWARDS void wait(std::unique_lock<mutex>& lock) {
    static_cast<void>(
        sim::kernel::prepare_to_wait(&queue_, sim::Sleep::uninterruptible));  // no signal ends it
    lock.unlock();
    sim::kernel::schedule();
    sim::kernel::finish_wait(&queue_);
    lock.lock();
  }
  template <class Condition>
  HEDDLE_FORWARDS void wait(std::unique_lock<mutex>& lock, Condition condition) {
    while (!condition()) wait(lock);
  }
  HEDDLE_FORWARDS void notify_one() { sim::kernel::wake_up_one(&queue_); }
  HEDDLE_FORWARDS void notify_all() { sim::kernel::wake_up(&queue_); }

 private:
  sim::kernel::wait_queue_head_t queue_ = sim::kernel::WAIT_QUEUE_HEAD(nullptr);
};

#undef HEDDLE_FORWARDS

}  // namespace heddle::sync
