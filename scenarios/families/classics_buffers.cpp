// Classics about buffers. SCTBench: queue, stack. Also a bounded buffer whose consumers look once
// where they must look again.
#include "scenarios/families/classics_support.hpp"

namespace heddle::scenarios::classics {
namespace {

/// A ring that skips its first element when it goes round, and flags that ask for the other side.
struct Queue {
  static constexpr int size = 20;
  kernel::mutex guard = kernel::MUTEX_UNLOCKED("queue");
  int elements[size + 1] = {};
  int head = 0;
  int tail = 0;
  int amount = 0;
  int may_enqueue = 1;
  int may_dequeue = 0;
  int stored[size + 1] = {};

  static void advance(int& at) { WRITE_ONCE(at, READ_ONCE(at) == size ? 1 : READ_ONCE(at) + 1); }
  void enqueue(int value) {
    WRITE_ONCE(elements[READ_ONCE(tail)], value);
    add(amount, 1);
    advance(tail);
  }
  int dequeue() {
    const int value = READ_ONCE(elements[READ_ONCE(head)]);
    add(amount, -1);
    advance(head);
    return value;
  }
};

template <bool bug>
void queue(World& world, DefectBits) {
  Queue& q = world.create<Queue>();
  main_task(world, [&q, &world](Crew& crew) {
    crew.start("producer", [&q, &world] {
      int value = 0;
      {
        const Guard held(q.guard);
        q.enqueue(value);
        WRITE_ONCE(q.stored[0], value);
        world.expect(READ_ONCE(q.amount) != 0, "a queue with an element is not empty");
      }
      for (int i = 0; i < Queue::size - 1; ++i) {
        const Guard held(q.guard);
        if (READ_ONCE(q.may_enqueue) == 0) continue;
        q.enqueue(++value);
        // The buggy one counts rounds instead of elements.
        WRITE_ONCE(q.stored[bug ? i + 1 : value], value);
        WRITE_ONCE(q.may_enqueue, 0);
        WRITE_ONCE(q.may_dequeue, 1);
      }
    });
    crew.start("consumer", [&q, &world] {
      int taken = 0;
      for (int i = 0; i < Queue::size; ++i) {
        const Guard held(q.guard);
        if (READ_ONCE(q.may_dequeue) == 0) continue;
        const int value = q.dequeue();
        world.expect(value == READ_ONCE(q.stored[bug ? i : taken]),
                     "what comes out is what went in");
        ++taken;
        WRITE_ONCE(q.may_dequeue, 0);
        WRITE_ONCE(q.may_enqueue, 1);
      }
    });
  });
}
HEDDLE_SCENARIO("classics/queue", queue<buggy>)
    .summary("producer and consumer of a queue count rounds, and take them for elements")
    .cpus(3)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/queue_fixed", queue<right>)
    .summary("the same, but they count elements")
    .cpus(3);

struct Stack {
  static constexpr int size = 10;
  kernel::mutex guard = kernel::MUTEX_UNLOCKED("stack");
  int elements[size] = {};
  int top = 0;
  int filled = 0;

  bool push(int value) {
    if (READ_ONCE(top) == size) return false;
    WRITE_ONCE(elements[READ_ONCE(top)], value);
    add(top, 1);
    return true;
  }
  bool pop() {
    if (READ_ONCE(top) == 0) return false;
    add(top, -1);
    return true;
  }
};

template <bool bug>
void stack(World& world, DefectBits) {
  Stack& s = world.create<Stack>();
  main_task(world, [&s, &world](Crew& crew) {
    crew.start("pusher", [&s, &world] {
      for (int i = 0; i < Stack::size; ++i) {
        const Guard held(s.guard);
        world.expect(s.push(i), "the stack has room for all");
        WRITE_ONCE(s.filled, 1);
      }
    });
    crew.start("popper", [&s, &world] {
      for (int i = 0; i < Stack::size; ++i) {
        const Guard held(s.guard);
        if (READ_ONCE(s.filled) == 0) continue;
        world.expect(s.pop(), "a filled stack has an element");
        if (!bug && READ_ONCE(s.top) == 0) WRITE_ONCE(s.filled, 0);
      }
    });
  });
}
HEDDLE_SCENARIO("classics/stack", stack<buggy>)
    .summary("a stack is believed to be filled because it was so once")
    .cpus(3)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/stack_fixed", stack<right>)
    .summary("the same, but whoever empties it says so")
    .cpus(3);

/// A condition variable: whoever waits longest is woken first.
struct Condition {
  int waiters = 0;
  int woken = 0;

  void wait(kernel::mutex& held) {
    const int ticket = add(waiters, 1);
    kernel::mutex_unlock(&held);
    while (READ_ONCE(woken) < ticket) cpu_relax();
    kernel::mutex_lock(&held);
  }
  void signal() {
    if (READ_ONCE(woken) < READ_ONCE(waiters)) add(woken, 1);
  }
};

struct Buffer {
  kernel::mutex guard = kernel::MUTEX_UNLOCKED("buffer");
  Condition filled;
  int items = 0;
};

template <bool bug>
void take(Buffer& buffer, World& world) {
  const Guard held(buffer.guard);
  if (bug) {
    if (READ_ONCE(buffer.items) == 0) buffer.filled.wait(buffer.guard);
  } else {
    while (READ_ONCE(buffer.items) == 0) buffer.filled.wait(buffer.guard);
  }
  world.expect(add(buffer.items, -1) >= 0, "nobody takes from an empty buffer");
}

template <bool bug>
void bounded_buffer(World& world, DefectBits) {
  Buffer& buffer = world.create<Buffer>();
  std::uint16_t cpu = 0;
  for (int i = 0; i < 2; ++i)
    start(world, cpu, "consumer", [&buffer, &world] { take<bug>(buffer, world); });
  for (int i = 0; i < 2; ++i)
    start(world, cpu, "producer", [&buffer] {
      const Guard held(buffer.guard);
      add(buffer.items, 1);
      buffer.filled.signal();
    });
}
HEDDLE_SCENARIO("classics/bounded_buffer", bounded_buffer<buggy>)
    .summary("a consumer is woken, another takes the item first, and the first does not look again")
    .cpus(4)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/bounded_buffer_fixed", bounded_buffer<right>)
    .summary("the same, but whoever is woken looks again")
    .cpus(4);

}  // namespace
}  // namespace heddle::scenarios::classics
