// The work-stealing queue of Cilk-5 (the THE protocol): the owner pushes and pops at the tail,
// thieves steal at the head under a lock. SCTBench: chess.WSQ (a mutex) and chess.IWSQ (a spin
// lock).
//
// Source: Frigo, Leiserson, Randall, "The implementation of the Cilk-5 multithreaded language",
// PLDI 1998, section 5.
#include "scenarios/families/classics_support.hpp"

namespace heddle::scenarios::classics {
namespace {

/// A lock that is an exchange in a loop.
struct HandMadeLock {
  kernel::atomic_t taken = {0};
  void lock() {
    while (kernel::atomic_xchg(&taken, 1) != 0) cpu_relax();
  }
  void unlock() { kernel::atomic_set(&taken, 0); }
};

struct MutexLock {
  kernel::mutex mutex = kernel::MUTEX_UNLOCKED("thieves");
  void lock() { kernel::mutex_lock(&mutex); }
  void unlock() { kernel::mutex_unlock(&mutex); }
};

/// All reads of head and tail are compare-exchanges and all writes exchanges, as in the original:
/// one step each.
template <class Lock, bool bug>
struct StealingQueue {
  static constexpr int size_max = 16;
  static constexpr int nothing = -1;
  Lock thieves;
  kernel::atomic_t head = {0};
  kernel::atomic_t tail = {0};
  int mask = 1;
  int elements[size_max] = {};

  static int read(kernel::atomic_t& v) { return kernel::atomic_cmpxchg(&v, 0, 0); }
  static void write(kernel::atomic_t& v, int value) { kernel::atomic_xchg(&v, value); }
  int& at(int index) { return elements[index & READ_ONCE(mask)]; }

  void push(int element) {
    const int t = read(tail);
    // One more than fits: the slot may be the one that a thief is about to read.
    const int room = READ_ONCE(mask) + (bug ? 1 : 0);
    if (t >= read(head) + room) return push_locked(element);
    WRITE_ONCE(at(t), element);
    write(tail, t + 1);
  }

  int pop() {
    const int t = read(tail) - 1;
    write(tail, t);
    if (read(head) <= t) return READ_ONCE(at(t));
    write(tail, t + 1);
    return pop_locked();
  }

  int steal() {
    thieves.lock();
    const int h = read(head);
    write(head, h + 1);
    int element = nothing;
    if (h < read(tail))
      element = READ_ONCE(at(h));
    else
      write(head, h);
    thieves.unlock();
    return element;
  }

 private:
  int pop_locked() {
    thieves.lock();
    const int t = read(tail) - 1;
    write(tail, t);
    int element = nothing;
    if (read(head) <= t)
      element = READ_ONCE(at(t));
    else
      write(tail, t + 1);
    if (read(head) > t) {
      write(head, 0);
      write(tail, 0);
      element = nothing;
    }
    thieves.unlock();
    return element;
  }

  void push_locked(int element) {
    thieves.lock();
    const int first = read(head);
    const int count = read(tail) - first;
    write(head, first & READ_ONCE(mask));
    write(tail, (first & READ_ONCE(mask)) + count);
    if (count >= READ_ONCE(mask)) grow(count);
    const int t = read(tail);
    WRITE_ONCE(at(t), element);
    write(tail, t + 1);
    thieves.unlock();
  }

  void grow(int count) {
    int moved[size_max] = {};
    const int first = read(head);
    for (int i = 0; i < count; ++i) moved[i] = READ_ONCE(at(first + i));
    for (int i = 0; i < count; ++i) WRITE_ONCE(elements[i], moved[i]);
    WRITE_ONCE(mask, 2 * READ_ONCE(mask) + 1);
    write(head, 0);
    write(tail, count);
  }
};

constexpr int item_count = 4;

template <class Queue>
struct Work {
  Queue queue;
  int runs[item_count] = {};

  void run(int item) {
    if (item != Queue::nothing) add(runs[item], 1);
  }
};

template <class Lock, bool bug, int thieves>
void stealing(World& world, DefectBits) {
  using Queue = StealingQueue<Lock, bug>;
  Work<Queue>& work = world.create<Work<Queue>>();
  main_task(world, [&work](Crew& crew) {
    crew.start("owner", [&work] {
      for (int item = 0; item < item_count; item += 2) {
        work.queue.push(item);
        work.queue.push(item + 1);
        work.run(work.queue.pop());
      }
      for (int i = 0; i < 2; ++i) work.run(work.queue.pop());
    });
    for (int i = 0; i < thieves; ++i)
      crew.start("thief", [&work] {
        for (int round = 0; round < 2; ++round) work.run(work.queue.steal());
      });
  });
  world.finally([&work, &world] {
    for (const int runs : work.runs) world.expect(runs == 1, "every item is run once");
  });
}

HEDDLE_SCENARIO("classics/wsq", (stealing<MutexLock, buggy, 2>))
    .summary("a work-stealing queue takes one element more than it has room for")
    .cpus(4)
    .executions(budget)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/wsq_fixed", (stealing<MutexLock, right, 2>))
    .summary("the same with the right limit")
    .cpus(4)
    .executions(budget);
HEDDLE_SCENARIO("classics/iwsq", (stealing<HandMadeLock, buggy, 2>))
    .summary("the same queue, whose thieves spin on a lock made by hand")
    .cpus(4)
    .executions(budget)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/iwsq_fixed", (stealing<HandMadeLock, right, 2>))
    .summary("the same with the right limit")
    .cpus(4)
    .executions(budget);

}  // namespace
}  // namespace heddle::scenarios::classics
