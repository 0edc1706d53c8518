// Classics about locks: what is wrong is the order in which they are taken, or what is believed
// while one is held. SCTBench: account, carter01, deadlock01, lazy01. Also dining philosophers.
#include "scenarios/families/classics_support.hpp"

namespace heddle::scenarios::classics {
namespace {

struct Account {
  kernel::mutex guard = kernel::MUTEX_UNLOCKED("account");
  int balance = 1;
  int deposited = 0;
  int withdrawn = 0;
};

template <bool bug>
void account(World& world, DefectBits) {
  constexpr int first = 1;
  constexpr int deposit = 2;
  constexpr int withdrawal = 4;
  // The buggy one takes the deposit for a second withdrawal.
  constexpr int believed = bug ? first - deposit - withdrawal : first + deposit - withdrawal;
  Account& a = world.create<Account>();
  main_task(world, [&a, &world](Crew& crew) {
    crew.start("checker", [&a, &world] {
      const Guard guard(a.guard);
      if (READ_ONCE(a.deposited) != 0 && READ_ONCE(a.withdrawn) != 0)
        world.expect(READ_ONCE(a.balance) == believed, "the balance is what both have left");
    });
    crew.start("depositor", [&a] {
      const Guard guard(a.guard);
      add(a.balance, deposit);
      WRITE_ONCE(a.deposited, 1);
    });
    crew.start("drawer", [&a] {
      const Guard guard(a.guard);
      add(a.balance, -withdrawal);
      WRITE_ONCE(a.withdrawn, 1);
    });
  });
}
HEDDLE_SCENARIO("classics/account", account<buggy>)
    .summary("an assertion on a bank account is wrong once both deposit and withdrawal are made")
    .cpus(4)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/account_fixed", account<right>)
    .summary("the same with the right sum")
    .cpus(4);

struct Carter {
  kernel::mutex inner = kernel::MUTEX_UNLOCKED("inner");
  kernel::mutex outer = kernel::MUTEX_UNLOCKED("outer");
  int users[2] = {0, 0};
};

/// The first user of a kind takes the outer lock, while it holds the inner one; the last gives it
/// up.
void use_buggy(Carter& c, int kind) {
  {
    const Guard guard(c.inner);
    if (add(c.users[kind], 1) == 1) kernel::mutex_lock(&c.outer);
  }
  const Guard guard(c.inner);
  if (add(c.users[kind], -1) == 0) kernel::mutex_unlock(&c.outer);
}

void use_right(Carter& c, int kind) {
  const Guard outer(c.outer);
  {
    const Guard guard(c.inner);
    add(c.users[kind], 1);
  }
  const Guard guard(c.inner);
  add(c.users[kind], -1);
}

template <void (*use)(Carter&, int)>
void carter01(World& world, DefectBits) {
  Carter& c = world.create<Carter>();
  main_task(world, [&c](Crew& crew) {
    for (int kind = 0; kind < 2; ++kind) crew.start("user", [&c, kind] { use(c, kind); });
    for (int i = 0; i < 2; ++i) crew.start("idler", [] {});
  });
}
HEDDLE_SCENARIO("classics/carter01", carter01<use_buggy>)
    .summary("two kinds of users, the first of each takes a lock within another")
    .cpus(5)
    .always_finds(FindingKind::deadlock);
HEDDLE_SCENARIO("classics/carter01_fixed", carter01<use_right>)
    .summary("the same with one order of the two locks")
    .cpus(5);

struct TwoLocks {
  kernel::mutex a = kernel::MUTEX_UNLOCKED("a");
  kernel::mutex b = kernel::MUTEX_UNLOCKED("b");
  int counter = 0;
};

template <bool bug>
void deadlock01(World& world, DefectBits) {
  TwoLocks& locks = world.create<TwoLocks>();
  main_task(world, [&locks](Crew& crew) {
    crew.start("upper", [&locks] {
      const Guard first(locks.a);
      const Guard second(locks.b);
      add(locks.counter, 1);
    });
    crew.start("lower", [&locks] {
      const Guard first(bug ? locks.b : locks.a);
      const Guard second(bug ? locks.a : locks.b);
      add(locks.counter, -1);
    });
  });
}
HEDDLE_SCENARIO("classics/deadlock01", deadlock01<buggy>)
    .summary("two tasks take two locks in opposite orders")
    .cpus(3)
    .always_finds(FindingKind::deadlock);
HEDDLE_SCENARIO("classics/deadlock01_fixed", deadlock01<right>)
    .summary("the same in one order")
    .cpus(3);

struct Lazy {
  kernel::mutex guard = kernel::MUTEX_UNLOCKED("lazy");
  int data = 0;
};

template <int most>
void lazy01(World& world, DefectBits) {
  Lazy& lazy = world.create<Lazy>();
  main_task(world, [&lazy, &world](Crew& crew) {
    for (const int amount : {1, 2})
      crew.start("adder", [&lazy, amount] {
        const Guard guard(lazy.guard);
        add(lazy.data, amount);
      });
    crew.start("checker", [&lazy, &world] {
      const Guard guard(lazy.guard);
      world.expect(READ_ONCE(lazy.data) <= most, "the data stays within its limit");
    });
  });
}
HEDDLE_SCENARIO("classics/lazy01", lazy01<2>)
    .summary("a checker believes that it comes before one of two adders")
    .cpus(4)
    .always_finds(FindingKind::invariant);
HEDDLE_SCENARIO("classics/lazy01_fixed", lazy01<3>)
    .summary("the same, but it allows for both")
    .cpus(4);

struct Table {
  kernel::mutex forks[3] = {kernel::MUTEX_UNLOCKED("fork 0"), kernel::MUTEX_UNLOCKED("fork 1"),
                            kernel::MUTEX_UNLOCKED("fork 2")};
};

template <bool bug>
void philosophers(World& world, DefectBits) {
  Table& table = world.create<Table>();
  std::uint16_t cpu = 0;
  for (int seat = 0; seat < 3; ++seat)
    start(world, cpu, "philosopher", [&table, seat] {
      const bool swapped = !bug && seat == 2;
      const int left = seat;
      const int other = (seat + 1) % 3;
      const Guard first(table.forks[swapped ? other : left]);
      const Guard second(table.forks[swapped ? left : other]);
    });
}
HEDDLE_SCENARIO("classics/philosophers", philosophers<buggy>)
    .summary("three philosophers take the left fork first")
    .cpus(3)
    .always_finds(FindingKind::deadlock);
HEDDLE_SCENARIO("classics/philosophers_fixed", philosophers<right>)
    .summary("the same, but one takes the right fork first")
    .cpus(3);

}  // namespace
}  // namespace heddle::scenarios::classics
