// Stacks without locks, and the ABA problem: a compare-exchange finds the value that it saw before,
// though it was another in between.
#include "scenarios/families/classics_support.hpp"

namespace heddle::scenarios::classics {
namespace {

constexpr int nothing = -1;

/// Who has which element: each has one owner at most.
struct Owners {
  kernel::atomic_t count[3] = {};
  bool take(int element) { return kernel::atomic_inc_return(&count[element]) == 1; }
  void give(int element) { kernel::atomic_dec(&count[element]); }
};

/// A Treiber stack of indices. With `tagged`, a number that only grows lies beside the top.
///
/// Source: Treiber, "Systems programming: coping with parallelism", IBM RJ 5118, 1986.
template <bool tagged>
struct TreiberStack {
  static constexpr int tag = 256;
  kernel::atomic_t top = {0};
  int next[3] = {1, 2, tag - 1};

  static int index(int top_word) { return top_word % tag == tag - 1 ? nothing : top_word % tag; }
  static int word(int index, int before) { return index + (tagged ? before / tag * tag + tag : 0); }

  int pop() {
    for (;;) {
      const int seen = kernel::atomic_read(&top);
      const int element = index(seen);
      if (element == nothing) return nothing;
      const int below = READ_ONCE(next[element]);
      if (kernel::atomic_cmpxchg(&top, seen, word(below, seen)) == seen) return element;
    }
  }
  void push(int element) {
    for (;;) {
      const int seen = kernel::atomic_read(&top);
      WRITE_ONCE(next[element], seen % tag);
      if (kernel::atomic_cmpxchg(&top, seen, word(element, seen)) == seen) return;
    }
  }
};

template <bool tagged>
struct Shelf {
  TreiberStack<tagged> stack;
  Owners owners;
};

template <bool tagged>
void treiber(World& world, DefectBits) {
  Shelf<tagged>& shelf = world.create<Shelf<tagged>>();
  const char* const sentence = "an element has one owner";
  std::uint16_t cpu = 0;
  start(world, cpu, "popper", [&shelf, &world, sentence] {
    for (int i = 0; i < 2; ++i) {
      const int element = shelf.stack.pop();
      if (element != nothing) world.expect(shelf.owners.take(element), sentence);
    }
  });
  start(world, cpu, "swapper", [&shelf, &world, sentence] {
    const int first = shelf.stack.pop();
    if (first == nothing) return;
    world.expect(shelf.owners.take(first), sentence);
    const int second = shelf.stack.pop();
    if (second != nothing) world.expect(shelf.owners.take(second), sentence);
    shelf.owners.give(first);
    shelf.stack.push(first);
  });
}
HEDDLE_SCENARIO("classics/treiber", treiber<false>)
    .summary("a stack without locks takes a top that was gone and came back for one that stayed")
    .cpus(2)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/treiber_fixed", treiber<true>)
    .summary("the same with a tag beside the top")
    .cpus(2);

/// Vyukov's stack with its bug, which needs three tasks and many preemptions (SCTBench's
/// misc.safestack). To pop is to take the link of the top element, then the top.
struct SafeStack {
  static constexpr int size = 3;
  kernel::atomic_t count = {size};
  kernel::atomic_t head = {0};
  kernel::atomic_t next[size] = {{1}, {2}, {nothing}};

  int pop() {
    while (kernel::atomic_read(&count) > 1) {
      const int top = kernel::atomic_read(&head);
      const int below = kernel::atomic_xchg(&next[top], nothing);
      if (below < 0) {
        cpu_relax();
        continue;
      }
      if (kernel::atomic_cmpxchg(&head, top, below) == top) {
        kernel::atomic_dec(&count);
        return top;
      }
      kernel::atomic_xchg(&next[top], below);
    }
    return nothing;
  }
  void push(int element) {
    int top = kernel::atomic_read(&head);
    for (;;) {
      kernel::atomic_set(&next[element], top);
      const int seen = kernel::atomic_cmpxchg(&head, top, element);
      if (seen == top) break;
      top = seen;
    }
    kernel::atomic_inc(&count);
  }
};

/// The same interface under a lock.
struct LockedStack {
  kernel::mutex guard = kernel::MUTEX_UNLOCKED("stack");
  int elements[SafeStack::size] = {0, 1, 2};
  int count = SafeStack::size;

  int pop() {
    const Guard held(guard);
    if (READ_ONCE(count) <= 1) return nothing;
    return READ_ONCE(elements[add(count, -1)]);
  }
  void push(int element) {
    const Guard held(guard);
    WRITE_ONCE(elements[add(count, 1) - 1], element);
  }
};

template <class Stack>
struct Vault {
  Stack stack;
  int values[SafeStack::size] = {};
};

template <class Stack>
void safestack(World& world, DefectBits) {
  Vault<Stack>& vault = world.create<Vault<Stack>>();
  main_task(world, [&vault, &world](Crew& crew) {
    for (int worker = 0; worker < 3; ++worker)
      crew.start("worker", [&vault, &world, worker] {
        for (int round = 0; round < 2; ++round) {
          int element = nothing;
          while ((element = vault.stack.pop()) == nothing) cpu_relax();
          WRITE_ONCE(vault.values[element], worker);
          world.expect(READ_ONCE(vault.values[element]) == worker, "an element has one owner");
          vault.stack.push(element);
        }
      });
  });
}
HEDDLE_SCENARIO("classics/safestack", safestack<SafeStack>)
    .summary("three tasks pop and push elements of a stack that takes a link before the top")
    .cpus(4)
    .steps_max(2'000)
    .executions(5'000'000)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/safestack_fixed", safestack<LockedStack>)
    .summary("three tasks pop and push elements of a stack under a lock")
    .cpus(4);

}  // namespace
}  // namespace heddle::scenarios::classics
