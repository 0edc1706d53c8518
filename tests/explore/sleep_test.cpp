// Reductions against the search of all executions, on programs that sleep: wait queues, mutexes
// that signals get one out of, and the signals themselves.
#include <gtest/gtest.h>

#include "sim/kernel/atomic.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/wait.hpp"
#include "tests/explore/agreement.hpp"

namespace heddle::tests {
namespace {

using namespace sim;
using namespace sim::kernel;

struct Sleepers {
  wait_queue_head_t queue = WAIT_QUEUE_HEAD("queue");
  mutex lock = MUTEX_UNLOCKED("lock");
  atomic_t flag{0};
};

bool is_set(const Sleepers& shared) { return atomic_read(&shared.flag) != 0; }

TEST(SleepReductions, OneWaiterAndTwoWakers) {
  expect_reductions_agree(3, [](World& world) {
    Sleepers& shared = world.create<Sleepers>();
    world.task("waiter", Cpu{0},
               [&shared] { wait_event(&shared.queue, [&] { return is_set(shared); }); });
    world.task("setter", Cpu{1}, [&shared] {
      atomic_set(&shared.flag, 1);
      wake_up(&shared.queue);
    });
    world.task("waker", Cpu{2}, [&shared] { wake_up(&shared.queue); });
  });
}

TEST(SleepReductions, AMissedWaker) {
  expect_reductions_agree(2, [](World& world) {
    Sleepers& shared = world.create<Sleepers>();
    world.task("waiter", Cpu{0}, [&shared] {
      if (is_set(shared)) return;
      prepare_to_wait(&shared.queue, Sleep::uninterruptible);
      schedule();
      finish_wait(&shared.queue);
    });
    world.task("setter", Cpu{1}, [&shared] {
      atomic_set(&shared.flag, 1);
      wake_up(&shared.queue);
    });
  });
}

TEST(SleepReductions, AWakerAndASignal) {
  expect_reductions_agree(3, [](World& world) {
    Sleepers& shared = world.create<Sleepers>();
    const Task waiter = world.task("waiter", Cpu{0}, [&shared] {
      if (wait_event_interruptible(&shared.queue, [&] { return is_set(shared); }) != 0)
        atomic_set(&shared.flag, 2);
    });
    world.task("setter", Cpu{1}, [&shared] {
      atomic_set(&shared.flag, 1);
      wake_up_interruptible(&shared.queue);
    });
    world.task("sender", Cpu{2}, [waiter] { send_sig(SIGINT, waiter); });
  });
}

TEST(SleepReductions, AKillableMutexAHolderAndASignal) {
  expect_reductions_agree(3, [](World& world) {
    Sleepers& shared = world.create<Sleepers>();
    const Task victim = world.task("victim", Cpu{0}, [&shared] {
      if (mutex_lock_killable(&shared.lock) != 0) return;
      atomic_inc(&shared.flag);
      mutex_unlock(&shared.lock);
    });
    world.task("holder", Cpu{1}, [&shared] {
      mutex_lock(&shared.lock);
      atomic_inc(&shared.flag);
      mutex_unlock(&shared.lock);
    });
    world.task("killer", Cpu{2}, [victim] { send_sig(SIGKILL, victim); });
  });
}

TEST(SleepReductions, KillableMutexesOfThree) {
  expect_reductions_agree(3, [](World& world) {
    Sleepers& shared = world.create<Sleepers>();
    for (std::uint16_t i = 0; i < 3; ++i)
      world.task("task", Cpu{i}, [&shared] {
        if (mutex_lock_killable(&shared.lock) == 0) mutex_unlock(&shared.lock);
      });
  });
}

TEST(SleepReductions, ASignalThatLandsByItself) {
  expect_reductions_agree(2, [](World& world) {
    Sleepers& shared = world.create<Sleepers>();
    const Task victim = world.task("victim", Cpu{0}, [&shared] {
      if (mutex_lock_interruptible(&shared.lock) == 0) mutex_unlock(&shared.lock);
    });
    world.task("holder", Cpu{1}, [&shared] {
      mutex_lock(&shared.lock);
      mutex_unlock(&shared.lock);
    });
    signals_may_land(world, victim, SIGINT, 1);
  });
}

}  // namespace
}  // namespace heddle::tests
