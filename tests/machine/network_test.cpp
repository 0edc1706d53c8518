// Links: what becomes of messages, each rule by the smallest program, in every schedule.
#include "sim/machine/network.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/machine/host.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::tests {
namespace {

using namespace sim;

/// A sender of letters and a receiver of them, on hosts of their own.
struct Pair {
  Pair(World& world, const MessageFaults& faults)
      : network(world.create<Network>(faults)),
        sender(world, "sender", 1),
        receiver(world, "receiver", 1),
        box(network.mailbox("box", receiver.id())) {}

  void send(char letter) { network.send(box, &letter, 1, nullptr, {}); }
  char receive() {
    Message message;
    box.receive(message, {});
    return static_cast<char>(message.bytes[0]);
  }
  /// '-' if the time was up.
  char receive_until(std::int64_t deadline_ms) {
    Message message;
    const bool found = box.receive_until(message, deadline_ms, {});
    return found ? static_cast<char>(message.bytes[0]) : '-';
  }

  Network& network;
  Host sender, receiver;
  Mailbox& box;
};

MachineConfig by_clock() {
  MachineConfig config = with_cpus(2);
  config.time = Time::clock;
  return config;
}

Orders orders_of_two(const MessageFaults& faults) {
  return all_orders(with_cpus(2), [&](World& world, Order& order) {
    auto& pair = world.create<Pair>(world, faults);
    pair.sender.task("sender", [&pair] {
      pair.send('a');
      pair.send('b');
    });
    pair.receiver.daemon("receiver", [&pair, &order] {
      for (;;) order.note(pair.receive());
    });
  });
}

TEST(Network, MessagesArriveInTheirOrder) { EXPECT_EQ(orders_of_two({}), (Orders{"ab"})); }

TEST(Network, OneIsLost) { EXPECT_EQ(orders_of_two({.lost = 1}), (Orders{"ab", "a", "b"})); }

TEST(Network, OneIsDuplicated) {
  EXPECT_EQ(orders_of_two({.duplicated = 1}), (Orders{"ab", "aab", "abb"}));
}

TEST(Network, OneIsOvertaken) { EXPECT_EQ(orders_of_two({.overtaken = 1}), (Orders{"ab", "ba"})); }

TEST(Network, AReceiverWaitsAndTwoShareWhatCame) {
  const Orders orders = all_orders(with_cpus(3), [](World& world, Order& order) {
    auto& network = world.create<Network>(MessageFaults{});
    const Host host(world, "host", 3);
    Mailbox& box = network.mailbox("box", host.id());
    for (const char name : {'x', 'y'})
      world.machine().make_daemon(
          world.machine().context(world
                                      .task("receiver", Cpu{static_cast<std::uint16_t>(name - 'x')},
                                            [&box, &order, name] {
                                              Message message;
                                              box.receive(message, {});
                                              order.note(name);
                                            })
                                      .id()));
    world.task("sender", Cpu{2}, [&] { network.send(box, "m", 1, nullptr, {}); });
  });
  EXPECT_EQ(orders, (Orders{"x", "y"}));
}

TEST(Network, WithoutRoomAMessageIsLost) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    auto& network = world.create<Network>(MessageFaults{});
    const Host host(world, "host", 1);
    Mailbox& box = network.mailbox("box", host.id(), 1);
    const Task sender = world.task("sender", Cpu{1}, [&network, &box] {
      network.send(box, "a", 1, nullptr, {});
      network.send(box, "b", 1, nullptr, {});
    });
    world.machine().make_daemon(
        world.machine().context(world
                                    .task("receiver", Cpu{0},
                                          [&box, &order, sender] {
                                            Task(sender).join();
                                            for (Message message;;) {
                                              box.receive(message, {});
                                              order.note(static_cast<char>(message.bytes[0]));
                                            }
                                          })
                                    .id()));
  });
  EXPECT_EQ(orders, (Orders{"a"}));
}

TEST(Network, ALinkIsCutAtAnyStepAndComesBack) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    auto& pair = world.create<Pair>(world, MessageFaults{});
    pair.network.may_cut(pair.sender.id(), pair.receiver.id(), false);
    pair.sender.task("sender", [&pair] {
      for (const char letter : {'a', 'b', 'c'}) pair.send(letter);
    });
    pair.receiver.daemon("receiver", [&pair, &order] {
      for (;;) order.note(pair.receive());
    });
  });
  EXPECT_EQ(orders, (Orders{"abc", "ab", "a", "", "bc", "c", "ac"}));
}

TEST(Network, TheOtherDirectionOfACutLinkPasses) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    auto& pair = world.create<Pair>(world, MessageFaults{});
    pair.network.cut(pair.receiver.id(), pair.sender.id(), true);
    pair.sender.task("sender", [&pair] { pair.send('a'); });
    pair.receiver.daemon("receiver", [&pair, &order] { order.note(pair.receive()); });
  });
  EXPECT_EQ(orders, (Orders{"a"}));
}

// ---- time ---------------------------------------------------------------------------------------

Orders orders_of_waiting(const MachineConfig& config, std::int64_t deadline_ms,
                         std::int64_t sent_ms) {
  return all_orders(config, [=](World& world, Order& order) {
    auto& pair = world.create<Pair>(world, MessageFaults{});
    pair.sender.task("sender", [&pair, sent_ms] {
      Machine::running().sleep_until(sent_ms, {});
      pair.send('a');
    });
    pair.receiver.task(
        "receiver", [&pair, &order, deadline_ms] { order.note(pair.receive_until(deadline_ms)); });
  });
}

TEST(Network, ByTheClockWhatComesInTimeIsReceived) {
  EXPECT_EQ(orders_of_waiting(by_clock(), 20, 10), (Orders{"a"}));
  EXPECT_EQ(orders_of_waiting(by_clock(), 10, 20), (Orders{"-"}));
}

TEST(Network, AsynchronousTimeIsUpAtAnyMoment) {
  EXPECT_EQ(orders_of_waiting(with_cpus(2), 20, 10), (Orders{"a", "-"}));
  EXPECT_EQ(orders_of_waiting(with_cpus(2), 10, 20), (Orders{"a", "-"}));
}

/// Two messages of which one may be 100 ms late, and who waits for one until 50 ms, then for ever.
Orders orders_of_delay(const MachineConfig& config) {
  return all_orders(config, [](World& world, Order& order) {
    auto& pair = world.create<Pair>(world, MessageFaults{.delayed = 1, .delay_ms = 100});
    pair.network.carries_on(Cpu{2});
    pair.sender.task("sender", [&pair] {
      pair.send('a');
      pair.send('b');
    });
    pair.receiver.task("receiver", [&pair, &order] {
      order.note(pair.receive_until(50));
      order.note(pair.receive_until(50));
      order.note(pair.receive());
    });
  });
}

TEST(Network, ByTheClockADelayedMessageComesWhenItsTimeHasPassed) {
  MachineConfig config = by_clock();
  config.cpus = 3;
  EXPECT_EQ(orders_of_delay(config), (Orders{"ab stuck", "b-a", "a-b"}));
}

TEST(Network, ADelayedMessageIsOvertaken) {
  MachineConfig config = by_clock();
  config.cpus = 3;
  const Orders orders = all_orders(config, [](World& world, Order& order) {
    auto& pair = world.create<Pair>(world, MessageFaults{.delayed = 2, .delay_ms = 100});
    pair.network.carries_on(Cpu{2});
    pair.sender.task("sender", [&pair] {
      for (const char letter : {'a', 'b'}) pair.send(letter);
    });
    pair.receiver.task("receiver", [&pair, &order] {
      for (int i = 0; i < 2; ++i) order.note(pair.receive());
      order.note(Machine::running().now_ms() == 0     ? '0'
                 : Machine::running().now_ms() == 100 ? '1'
                                                      : '2');
    });
  });
  EXPECT_EQ(orders, (Orders{"ab0", "ba1", "ab1", "ab2"})) << "delayed ones go one after another";
}

TEST(Network, WhatIsSentBeforeACrashOfTheSenderArrives) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    auto& pair = world.create<Pair>(world, MessageFaults{});
    pair.sender.task("sender", [&pair] {
      pair.send('a');
      pair.sender.crash();
      pair.send('b');
    });
    pair.receiver.daemon("receiver", [&pair, &order] {
      for (;;) order.note(pair.receive());
    });
  });
  EXPECT_EQ(orders, (Orders{"a"}));
}

TEST(Network, WhatWaitsForACrashedHostMeetsItsNextBoot) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    auto& pair = world.create<Pair>(world, MessageFaults{});
    pair.receiver.boot([&pair, &order] {
      order.note('(');
      pair.receiver.daemon("receiver", [&pair, &order] { order.note(pair.receive()); });
    });
    pair.receiver.may_crash(1, AfterCrash::reboots);
    pair.sender.task("sender", [&pair] { pair.send('a'); });
  });
  EXPECT_EQ(orders, (Orders{"(a", "((a"}));
}

}  // namespace
}  // namespace heddle::tests
