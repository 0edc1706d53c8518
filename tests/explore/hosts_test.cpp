// Reductions against the search of all executions, on worlds of several hosts: messages, waits for
// a moment, crashes, reboots, cut links; and on random ones.
#include <atomic>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/core/rng.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/machine/disk.hpp"
#include "sim/machine/host.hpp"
#include "sim/machine/network.hpp"
#include "tests/explore/agreement.hpp"

namespace heddle::tests {
namespace {

using namespace sim;

/// Two hosts and a box on each.
struct Two {
  explicit Two(World& world, const MessageFaults& faults = {})
      : network(world.create<Network>(faults)),
        a(world, "a", 1),
        b(world, "b", 1),
        box_a(network.mailbox("box_a", a.id())),
        box_b(network.mailbox("box_b", b.id())) {}

  void send(Mailbox& box, char letter) { network.send(box, &letter, 1, nullptr, {}); }
  static char receive(Mailbox& box) {
    Message message;
    box.receive(message, {});
    return static_cast<char>(message.bytes[0]);
  }
  static bool receive_until(Mailbox& box, std::int64_t deadline_ms) {
    Message message;
    return box.receive_until(message, deadline_ms, {});
  }

  Network& network;
  Host a, b;
  Mailbox& box_a;
  Mailbox& box_b;
  std::atomic<int> x{0};
  std::atomic<int> y{0};
};

TEST(HostReductions, TwoSendersAndAReceiver) {
  expect_reductions_agree(3, [](World& world) {
    Two& two = world.create<Two>(world);
    two.a.task("one", [&two] { two.send(two.box_b, '1'); });
    world.task("two", Cpu{2}, [&two] { two.send(two.box_b, '2'); });
    two.b.daemon("receiver", [&two] {
      for (;;) two.x.fetch_add(Two::receive(two.box_b));
    });
  });
}

TEST(HostReductions, TwoReceiversOfOneBox) {
  expect_reductions_agree(3, [](World& world) {
    Two& two = world.create<Two>(world);
    two.a.task("sender", [&two] {
      two.send(two.box_b, '1');
      two.send(two.box_b, '2');
    });
    two.b.task("receiver", [&two] { two.x = Two::receive(two.box_b); });
    world.task("receiver", Cpu{2}, [&two] { two.y = Two::receive(two.box_b); });
  });
}

TEST(HostReductions, ARequestThatTimesOut) {
  expect_reductions_agree(2, [](World& world) {
    Two& two = world.create<Two>(world);
    two.a.task("client", [&two] {
      for (int tries = 0; tries < 2; ++tries) {
        two.send(two.box_b, 'q');
        if (Two::receive_until(two.box_a, 10 * (tries + 1))) break;
      }
    });
    two.b.daemon("server", [&two] {
      for (;;) {
        Two::receive(two.box_b);
        two.send(two.box_a, 'r');
      }
    });
  });
}

TEST(HostReductions, MessagesThatAreLostAndDuplicated) {
  expect_reductions_agree(2, [](World& world) {
    Two& two = world.create<Two>(world, MessageFaults{.lost = 1, .duplicated = 1});
    two.a.task("sender", [&two] {
      two.send(two.box_b, '1');
      two.send(two.box_b, '2');
    });
    two.b.daemon("receiver", [&two] {
      for (;;) two.x.fetch_add(Two::receive(two.box_b));
    });
  });
}

TEST(HostReductions, ACrash) {
  expect_reductions_agree(2, [](World& world) {
    Two& two = world.create<Two>(world);
    two.a.may_crash(1, AfterCrash::stays_down);
    two.a.task("victim", [&two] {
      two.x = 1;
      two.send(two.box_b, '1');
      two.x = 2;
    });
    two.b.task("other", [&two] {
      two.y = two.x.load();
      two.x.load();
    });
  });
}

TEST(HostReductions, ACrashOfAServerWhileAClientWorks) {
  expect_reductions_agree(2, [](World& world) {
    Two& two = world.create<Two>(world);
    two.b.may_crash(1, AfterCrash::stays_down);
    two.a.task("client", [&two] {
      two.send(two.box_b, 'q');
      Two::receive_until(two.box_a, 10);
    });
    two.b.daemon("server", [&two] {
      for (;;) {
        Two::receive(two.box_b);
        two.y.fetch_add(1);
        two.send(two.box_a, 'r');
      }
    });
  });
}

TEST(HostReductions, ACrashAndAReboot) {
  expect_reductions_agree(2, [](World& world) {
    Two& two = world.create<Two>(world);
    two.a.boot([&two] { two.a.task("victim", [&two] { two.x.fetch_add(1); }); });
    two.a.may_crash(1, AfterCrash::either);
    two.b.task("other", [&two] { two.x.load(); });
  });
}

TEST(HostReductions, ACrashOfALocksHolder) {
  expect_reductions_agree(3, [](World& world) {
    Two& two = world.create<Two>(world);
    auto& lock =
        world.create<kernel::spinlock_t>(kernel::spinlock_t(kernel::SPIN_LOCK_UNLOCKED("lock")));
    auto& both = world.create<Host>(world, "both", std::uint16_t{1});
    both.may_crash(1, AfterCrash::stays_down);
    both.task("holder", [&lock, &two] {
      spin_lock(&lock);
      two.x = 1;
      spin_unlock(&lock);
    });
    two.b.task("other", [&two] { two.x.load(); });
  });
}

TEST(HostReductions, ACutLink) {
  expect_reductions_agree(2, [](World& world) {
    Two& two = world.create<Two>(world);
    two.network.may_cut(two.a.id(), two.b.id(), false);
    two.a.task("sender", [&two] {
      two.send(two.box_b, '1');
      two.send(two.box_b, '2');
    });
    two.b.daemon("receiver", [&two] {
      for (;;) two.x.fetch_add(Two::receive(two.box_b));
    });
  });
}

TEST(HostReductions, SleepersAndWhoLooksAtTheClock) {
  expect_reductions_agree(3, [](World& world) {
    auto& x = world.create<std::atomic<int>>(0);
    for (const std::uint16_t i : {0, 1})
      world.task("sleeper", Cpu{i}, [i] { Machine::running().sleep_until(10 * (i + 1), {}); });
    world.task("looker", Cpu{2}, [&x] {
      x.load();
      x = static_cast<int>(Machine::running().now_ms());
    });
  });
}

TEST(HostReductions, AWriteCache) {
  expect_reductions_agree(2, [](World& world) {
    Two& two = world.create<Two>(world);
    auto& disk = world.create<Disk>(two.a.id());
    two.a.boot([&two, &disk] {
      two.a.task("writer", [&two, &disk] {
        two.x = static_cast<int>(disk.read(0));
        disk.write(0, 1);
      });
    });
    two.a.may_crash(1, AfterCrash::reboots);
    two.b.task("other", [&two] { two.x.load(); });
  });
}

// ---- random programs ----------------------------------------------------------------------------

struct Act {
  enum Kind : std::uint8_t { load, store, add, send, receive, receive_until, sleep, crash, count_ };
  Kind kind = load;
  bool other = false;  ///< variable or box of the other host
};

/// Two tasks or daemons on each of two hosts, or fewer.
struct RandomWorld {
  std::vector<Act> tasks[3];
  bool daemon = false;  ///< the last one serves
  MessageFaults faults;
  int crashes = 0;  ///< 1: may crash, 2: and reboot
};

RandomWorld random_world(std::uint64_t seed) {
  Rng rng(seed);
  RandomWorld world;
  for (int i = 0; i < 3; ++i) {
    const std::uint32_t acts = i == 0 ? 1 + rng.below(3) : rng.below(3);
    for (std::uint32_t n = 0; n < acts; ++n)
      world.tasks[i].push_back(
          {static_cast<Act::Kind>(rng.below(Act::crash + (i == 2 ? 1 : 0))), rng.below(2) == 1});
  }
  world.daemon = rng.below(2) == 1;
  if (rng.below(3) == 0) world.faults.lost = 1;
  if (rng.below(3) == 0) world.faults.duplicated = 1;
  if (rng.below(3) == 0) world.faults.overtaken = 1;
  world.crashes = static_cast<int>(rng.below(3));
  return world;
}

class RandomExecution final : public Execution {
 public:
  explicit RandomExecution(std::uint64_t seed) : world_(random_world(seed)) {
    config_.cpus = 3;
    config_.relaxing = Relaxing::spins;
  }

  Outcome run(Chooser& chooser, ChoiceLog log) override {
    machine().configure(config_);
    auto body = [this](World& world) { set_up(world); };
    return machine().run(callable(body), chooser, log);
  }

 private:
  void set_up(World& world) {
    Two& two = world.create<Two>(world, world_.faults);
    const auto start = [this, &two] {
      two.a.task("first", [this, &two] { perform(two, 0, true); });
    };
    two.a.boot(start);
    if (world_.crashes != 0)
      two.a.may_crash(1, world_.crashes == 1 ? AfterCrash::stays_down : AfterCrash::reboots);
    two.b.task("second", [this, &two] { perform(two, 1, false); });
    const Task third = world.task("third", Cpu{2}, [this, &two] { perform(two, 2, false); });
    if (world_.daemon) world.machine().make_daemon(world.machine().context(third.id()));
  }

  void perform(Two& two, int task, bool is_a) const {
    for (const Act& act : world_.tasks[task]) {
      std::atomic<int>& variable = act.other ? two.y : two.x;
      Mailbox& mine = is_a ? two.box_a : two.box_b;
      switch (act.kind) {
        case Act::load:
          variable.load();
          break;
        case Act::store:
          variable.store(task);
          break;
        case Act::add:
          variable.fetch_add(1);
          break;
        case Act::send:
          two.send(act.other ? two.box_a : two.box_b, static_cast<char>('0' + task));
          break;
        case Act::receive:
          Two::receive(mine);
          break;
        case Act::receive_until:
          Two::receive_until(mine, 10);
          break;
        case Act::sleep:
          Machine::running().sleep_until(10 * (task + 1), {});
          break;
        case Act::crash:
          two.a.crash();
          break;
        case Act::count_:
          break;
      }
    }
  }

  RandomWorld world_;
  MachineConfig config_;
};

/// @returns none if there are too many executions for that.
std::set<std::string> all_classes(RandomExecution& execution) {
  const StayOrder order;
  DepthFirstSearch all(*std::pmr::new_delete_resource(), order, {no_preemption_bound, 10'000});
  std::uint64_t executions = 0;
  const std::set<std::string> found = classes(execution, all, executions, 5'000);
  return all.has_next() ? std::set<std::string>() : found;
}

/// @returns how many of the worlds were checked: the others are too large.
int check_worlds(std::uint64_t first, std::uint64_t last) {
  int checked = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    RandomExecution execution(seed);
    const std::set<std::string> expected = all_classes(execution);
    if (expected.empty()) continue;
    ++checked;
    for (const Reduction reduction : {Reduction::sleep, Reduction::source, Reduction::optimal}) {
      Dpor dpor(*std::pmr::new_delete_resource(), {reduction, 200});
      std::uint64_t reduced = 0;
      EXPECT_EQ(difference(classes(execution, dpor, reduced), expected), "")
          << word(reduction) << ", seed " << seed;
    }
  }
  return checked;
}

TEST(HostReductions, RandomWorlds) { EXPECT_GT(check_worlds(1, 400), 390); }

TEST(HostReductions, BoundsOnRandomWorlds) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    RandomExecution execution(seed);
    if (!all_classes(execution).empty()) expect_bounds_agree(execution);
  }
}

// A world that was found wrong once.

TEST(HostReductions, ABudgetThatIsUsedUpWasNotInAnotherOrder) {
  EXPECT_EQ(check_worlds(1138, 1138), 1);
}

}  // namespace
}  // namespace heddle::tests
