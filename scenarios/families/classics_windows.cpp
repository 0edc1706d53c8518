// Classics about windows between two steps that belong together. SCTBench: bluetooth, reorder,
// twostage. Of reorder and twostage the number of tasks is what makes them hard: the window closes
// as soon as any of them has passed its second step.
#include "scenarios/families/classics_support.hpp"

namespace heddle::scenarios::classics {
namespace {

struct Driver {
  kernel::mutex guard = kernel::MUTEX_UNLOCKED("pending");
  int pending = 1;
  int stopping = 0;
  int stop_event = 0;
  int stopped = 0;

  void enter() {
    const Guard held(guard);
    add(pending, 1);
  }
  void leave() {
    int left = 0;
    {
      const Guard held(guard);
      left = add(pending, -1);
    }
    if (left == 0) WRITE_ONCE(stop_event, 1);
  }
};

template <bool bug>
void bluetooth(World& world, DefectBits) {
  Driver& driver = world.create<Driver>();
  main_task(world, [&driver, &world](Crew& crew) {
    crew.start("adder", [&driver, &world] {
      if (!bug) driver.enter();
      if (READ_ONCE(driver.stopping) == 0) {
        if (bug) driver.enter();
        world.expect(READ_ONCE(driver.stopped) == 0, "the driver is not stopped while it is used");
      }
      driver.leave();
    });
    crew.start("stopper", [&driver] {
      WRITE_ONCE(driver.stopping, 1);
      driver.leave();
      if (READ_ONCE(driver.stop_event) != 0) WRITE_ONCE(driver.stopped, 1);
    });
  });
}
HEDDLE_SCENARIO("classics/bluetooth", bluetooth<buggy>)
    .summary("a driver is stopped between the look whether it stops and the note that it is used")
    .cpus(3)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/bluetooth_fixed", bluetooth<right>)
    .summary("the same, but it is noted first")
    .cpus(3);

struct Reordered {
  kernel::mutex guard = kernel::MUTEX_UNLOCKED("both");
  int a = 0;
  int b = 0;

  void set() {
    WRITE_ONCE(a, 1);
    WRITE_ONCE(b, -1);
  }
  bool is_whole() {
    return (READ_ONCE(a) == 0 && READ_ONCE(b) == 0) || (READ_ONCE(a) == 1 && READ_ONCE(b) == -1);
  }
};

template <bool bug, int setters, int checkers>
void reorder(World& world, DefectBits) {
  Reordered& pair = world.create<Reordered>();
  main_task(world, [&pair, &world](Crew& crew) {
    static constexpr const char* sentence = "both are set, or neither";
    for (int i = 0; i < setters; ++i)
      crew.start("setter", [&pair] {
        if (bug) return pair.set();
        const Guard held(pair.guard);
        pair.set();
      });
    for (int i = 0; i < checkers; ++i)
      crew.start("checker", [&pair, &world] {
        if (bug) return world.expect(pair.is_whole(), sentence);
        const Guard held(pair.guard);
        world.expect(pair.is_whole(), sentence);
      });
  });
}
HEDDLE_SCENARIO("classics/reorder_3", (reorder<buggy, 2, 1>))
    .summary("two tasks set two variables, one looks in between")
    .cpus(4)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/reorder_3_fixed", (reorder<right, 2, 1>))
    .summary("the same under a lock")
    .cpus(4);
HEDDLE_SCENARIO("classics/reorder_4", (reorder<buggy, 3, 1>))
    .summary("three tasks set two variables, one looks in between")
    .cpus(5)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/reorder_5", (reorder<buggy, 4, 1>))
    .summary("four tasks set two variables, one looks in between")
    .cpus(6)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/reorder_10", (reorder<buggy, 9, 1>))
    .summary("nine tasks set two variables, one looks before any is done")
    .cpus(11)
    .executions(budget)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/reorder_20", (reorder<buggy, 10, 10>))
    .summary("ten tasks set two variables, ten look before any is done")
    .cpus(21)
    .executions(budget)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/reorder_20_fixed", (reorder<right, 10, 10>))
    .summary("the same under a lock")
    .cpus(21);

struct Stages {
  kernel::mutex first = kernel::MUTEX_UNLOCKED("first stage");
  kernel::mutex second = kernel::MUTEX_UNLOCKED("second stage");
  int data1 = 0;
  int data2 = 0;

  void write_second() {
    const Guard held(second);
    WRITE_ONCE(data2, READ_ONCE(data1) + 1);
  }
  int read_second() {
    const Guard held(second);
    return READ_ONCE(data2);
  }
  void write(bool bug) {
    {
      const Guard held(first);
      WRITE_ONCE(data1, 1);
      if (!bug) return write_second();
    }
    write_second();
  }
  /// @returns whether the second stage, if there is anything, is that of the first.
  bool fits(bool bug) {
    int seen1 = 0;
    {
      const Guard held(first);
      seen1 = READ_ONCE(data1);
      if (seen1 == 0) return true;
      if (!bug) return read_second() == seen1 + 1;
    }
    return read_second() == seen1 + 1;
  }
};

template <bool bug, int writers, int readers>
void twostage(World& world, DefectBits) {
  Stages& stages = world.create<Stages>();
  main_task(world, [&stages, &world](Crew& crew) {
    for (int i = 0; i < writers; ++i) crew.start("writer", [&stages] { stages.write(bug); });
    for (int i = 0; i < readers; ++i)
      crew.start("reader", [&stages, &world] {
        world.expect(stages.fits(bug), "the second stage fits the first");
      });
  });
}
HEDDLE_SCENARIO("classics/twostage", (twostage<buggy, 1, 1>))
    .summary("a reader comes between the two stages of a writer")
    .cpus(3)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/twostage_fixed", (twostage<right, 1, 1>))
    .summary("the same with both stages under the first lock")
    .cpus(3);
HEDDLE_SCENARIO("classics/twostage_20", (twostage<buggy, 10, 10>))
    .summary("ten readers, and ten writers of which none may be at its second stage")
    .cpus(21)
    .executions(budget)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/twostage_20_fixed", (twostage<right, 10, 10>))
    .summary("the same with both stages under the first lock")
    .cpus(21);
HEDDLE_SCENARIO("classics/twostage_50", (twostage<buggy, 40, 10>))
    .summary("ten readers, and forty writers of which none may be at its second stage")
    .cpus(51)
    .executions(budget)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/twostage_100", (twostage<buggy, 99, 1>))
    .summary("a reader, and 99 writers of which none may be at its second stage")
    .cpus(101)
    .executions(budget)
    .always_finds(FindingKind::invariant);

}  // namespace
}  // namespace heddle::scenarios::classics
