// Mutual exclusion by reads and writes alone, and by tickets. Memory is sequentially consistent
// here, as these algorithms ask; each buggy one leaves out or swaps what a careless reader of the
// paper does.
#include "scenarios/families/classics_support.hpp"

namespace heddle::scenarios::classics {
namespace {

constexpr const char* alone = "one task at a time is in the critical section";

/// `Lock` has lock(me) and unlock(me).
template <class Lock>
struct Room {
  Lock lock;
  kernel::atomic_t inside = {0};
};

template <class Lock, int tasks, int rounds>
void exclusion(World& world, DefectBits) {
  Room<Lock>& room = world.create<Room<Lock>>();
  std::uint16_t cpu = 0;
  for (int me = 0; me < tasks; ++me)
    start(world, cpu, "visitor", [&room, &world, me] {
      for (int round = 0; round < rounds; ++round) {
        room.lock.lock(me);
        world.expect(kernel::atomic_inc_return(&room.inside) == 1, alone);
        kernel::atomic_dec(&room.inside);
        room.lock.unlock(me);
      }
    });
}

/// Peterson, "Myths about the mutual exclusion problem", IPL 1981. Buggy: gives way too early.
template <bool bug>
struct Peterson {
  int wants[2] = {};
  int turn = 0;
  void lock(int me) {
    if (bug) WRITE_ONCE(turn, 1 - me);
    WRITE_ONCE(wants[me], 1);
    if (!bug) WRITE_ONCE(turn, 1 - me);
    while (READ_ONCE(wants[1 - me]) != 0 && READ_ONCE(turn) == 1 - me) cpu_relax();
  }
  void unlock(int me) { WRITE_ONCE(wants[me], 0); }
};
HEDDLE_SCENARIO("classics/peterson", (exclusion<Peterson<buggy>, 2, 1>))
    .summary("Peterson's lock, but the turn is given away before the wish is told")
    .cpus(2)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/peterson_fixed", (exclusion<Peterson<right>, 2, 1>))
    .summary("Peterson's lock")
    .cpus(2);

/// Dekker, in Dijkstra, "Cooperating sequential processes", 1965. Buggy: looks before it tells.
template <bool bug>
struct Dekker {
  int wants[2] = {};
  int turn = 0;
  void lock(int me) {
    if (bug)
      while (READ_ONCE(wants[1 - me]) != 0) cpu_relax();
    WRITE_ONCE(wants[me], 1);
    while (!bug && READ_ONCE(wants[1 - me]) != 0) {
      if (READ_ONCE(turn) == me) {
        cpu_relax();
        continue;
      }
      WRITE_ONCE(wants[me], 0);
      while (READ_ONCE(turn) != me) cpu_relax();
      WRITE_ONCE(wants[me], 1);
    }
  }
  void unlock(int me) {
    WRITE_ONCE(turn, 1 - me);
    WRITE_ONCE(wants[me], 0);
  }
};
HEDDLE_SCENARIO("classics/dekker", (exclusion<Dekker<buggy>, 2, 1>))
    .summary("Dekker's lock, but a task looks at the other's wish before it tells its own")
    .cpus(2)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/dekker_fixed", (exclusion<Dekker<right>, 2, 1>))
    .summary("Dekker's lock")
    .cpus(2);

/// Lamport, "A new solution of Dijkstra's concurrent programming problem", CACM 1974. Buggy: does
/// not tell that it is choosing a number.
template <bool bug, int tasks>
struct Bakery {
  int choosing[tasks] = {};
  int numbers[tasks] = {};
  void lock(int me) {
    if (!bug) WRITE_ONCE(choosing[me], 1);
    int greatest = 0;
    for (int& number : numbers) {
      const int seen = READ_ONCE(number);
      greatest = seen > greatest ? seen : greatest;
    }
    const int mine = greatest + 1;
    WRITE_ONCE(numbers[me], mine);
    if (!bug) WRITE_ONCE(choosing[me], 0);
    for (int other = 0; other < tasks; ++other) {
      if (other == me) continue;
      while (READ_ONCE(choosing[other]) != 0) cpu_relax();
      while (comes_before(READ_ONCE(numbers[other]), other, mine, me)) cpu_relax();
    }
  }
  void unlock(int me) { WRITE_ONCE(numbers[me], 0); }
  static bool comes_before(int number, int other, int mine, int me) {
    return number != 0 && (number < mine || (number == mine && other < me));
  }
};
HEDDLE_SCENARIO("classics/bakery", (exclusion<Bakery<buggy, 2>, 2, 1>))
    .summary("Lamport's bakery, but nobody tells that he is choosing his number")
    .cpus(2)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/bakery_fixed", (exclusion<Bakery<right, 2>, 2, 1>))
    .summary("Lamport's bakery")
    .cpus(2);

/// Szymanski, "A simple solution to Lamport's concurrent programming problem with linear wait", ICS
/// 1988. Flags: 0 outside, 1 wants in, 2 waits for others, 3 in the door, 4 inside. Buggy: goes
/// from the waiting room to the critical section without a look at those before it.
template <bool bug, int tasks>
struct Szymanski {
  int flags[tasks] = {};

  template <class Predicate>
  bool any(int from, int to, Predicate&& holds) {
    for (int i = from; i < to; ++i)
      if (holds(READ_ONCE(flags[i]))) return true;
    return false;
  }
  void lock(int me) {
    WRITE_ONCE(flags[me], 1);
    while (any(0, tasks, [](int flag) { return flag > 2; })) cpu_relax();
    WRITE_ONCE(flags[me], 3);
    if (any(0, tasks, [](int flag) { return flag == 1; })) {
      WRITE_ONCE(flags[me], 2);
      while (!any(0, tasks, [](int flag) { return flag == 4; })) cpu_relax();
    }
    WRITE_ONCE(flags[me], 4);
    if (bug) return;
    while (any(0, me, [](int flag) { return flag > 1; })) cpu_relax();
  }
  void unlock(int me) {
    while (any(me + 1, tasks, [](int flag) { return flag == 2 || flag == 3; })) cpu_relax();
    WRITE_ONCE(flags[me], 0);
  }
};
HEDDLE_SCENARIO("classics/szymanski", (exclusion<Szymanski<buggy, 2>, 2, 1>))
    .summary("Szymanski's lock, but a task does not let those with smaller numbers go first")
    .cpus(2)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/szymanski_fixed", (exclusion<Szymanski<right, 2>, 2, 1>))
    .summary("Szymanski's lock")
    .cpus(2);

/// A ticket lock. Buggy: a ticket is drawn by a read and a write.
template <bool bug>
struct TicketLock {
  kernel::atomic_t next = {0};
  kernel::atomic_t served = {0};
  void lock(int) {
    int mine = 0;
    if (bug) {
      mine = kernel::atomic_read(&next);
      kernel::atomic_set(&next, mine + 1);
    } else {
      mine = kernel::atomic_inc_return(&next) - 1;
    }
    while (kernel::atomic_read(&served) != mine) cpu_relax();
  }
  void unlock(int) { kernel::atomic_inc(&served); }
};
HEDDLE_SCENARIO("classics/ticket_lock", (exclusion<TicketLock<buggy>, 2, 2>))
    .summary("a ticket lock that may give one ticket to two")
    .cpus(2)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/ticket_lock_fixed", (exclusion<TicketLock<right>, 2, 2>))
    .summary("a ticket lock")
    .cpus(2);

}  // namespace
}  // namespace heddle::scenarios::classics
