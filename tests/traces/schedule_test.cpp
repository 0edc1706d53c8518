// What an execution costs its reader: disturbances are counted by what they strike.
#include "traces/schedule.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/machine/host.hpp"
#include "sim/machine/network.hpp"
#include "tests/support/explore.hpp"
#include "tests/traces/bodies.hpp"
#include "tests/traces/record.hpp"

namespace heddle::tests {
namespace {

using traces::Cost;

Cost cost_of(void (*body)(World&), const sim::MachineConfig& config,
             const std::vector<std::string>& script) {
  sim::Machine& machine = tests::machine();
  machine.configure(config);
  machine.detach_all();
  Script scripted(machine, script);
  traces::NotingChooser noting(scripted, machine);
  run_once([&](sim::World& world) { body(world); }, noting);
  return noting.cost();
}

/// A question that can be lost, over a link that can be cut, from a host that can go down.
void asks(World& world) {
  auto& network = world.create<sim::Network>(sim::MessageFaults{.lost = 1});
  auto& server = world.create<sim::Host>(world, "server", 1);
  auto& client = world.create<sim::Host>(world, "client", 1);
  auto& asked = network.mailbox("asked", server.id());
  client.boot([&network, &asked, &client] {
    client.task("asks", [&network, &asked] {
      for (int i = 0; i < 3; ++i) network.send(asked, "?", 1, nullptr, {});
    });
  });
  client.may_crash(1, sim::AfterCrash::stays_down);
  network.may_cut(client.id(), server.id(), false);
}

TEST(Cost, OfNothingIsNothing) {
  const Cost cost = cost_of(asks, with_cpus(2), {"asks", "0", "asks", "0", "asks", "0"});
  EXPECT_EQ(cost.faults + cost.interrupts + cost.crashes + cost.messages, 0U);
  EXPECT_EQ(cost.preemptions, 0U);
}

TEST(Cost, ALostMessageAndACutLinkAreOfMessages) {
  const Cost lost = cost_of(asks, with_cpus(2), {"asks", "1", "asks", "asks"});
  EXPECT_EQ(lost.messages, 1U);
  const Cost cut = cost_of(asks, with_cpus(2), {"asks", "0", "cut", "asks"});
  EXPECT_EQ(cut.messages, 1U);
  EXPECT_EQ(lost.crashes + lost.faults + lost.interrupts, 0U);
  EXPECT_EQ(cut.crashes + cut.faults + cut.interrupts, 0U);
}

TEST(Cost, AHostThatGoesDownIsACrash) {
  const Cost cost = cost_of(asks, with_cpus(2), {"asks", "0", "crash"});
  EXPECT_EQ(cost.crashes, 1U);
  EXPECT_EQ(cost.messages + cost.faults + cost.interrupts, 0U);
}

void adds_under_a_handler(World& world) {
  auto& counter = world.variable<Counter>("counter");
  world.task("task", Cpu{0}, [&counter] {
    sim::kernel::preempt_disable();
    counter.add();
    sim::kernel::preempt_enable();
  });
  world.interrupt("irq5", Cpu{0}, sim::Level::hardirq, 1, [&counter] { counter.add(); });
}

TEST(Cost, AHandlerThatLandsIsAnInterrupt) {
  const Cost cost = cost_of(adds_under_a_handler, racing_counter(1), {"task", "irq5"});
  EXPECT_EQ(cost.interrupts, 1U);
  EXPECT_EQ(cost.messages + cost.faults + cost.crashes, 0U);
}

void allocates(World& world) {
  world.allocation_faults({.hard = 1});
  world.task("task", Cpu{0},
             [] { sim::kernel::kfree(sim::kernel::kzalloc(8, sim::kernel::GFP_KERNEL)); });
}

TEST(Cost, AnAllocationThatFailsIsAFault) {
  EXPECT_EQ(cost_of(allocates, with_cpus(1), {"0"}).faults, 0U);
  EXPECT_EQ(cost_of(allocates, with_cpus(1), {"1"}).faults, 1U);
}

TEST(Cost, CountsInItsOrder) {
  constexpr Cost none;
  Cost crash = none;
  crash.crashes = 1;
  Cost message = none;
  message.messages = 1;
  Cost preemptions = none;
  preemptions.preemptions = 100;
  Cost interrupt = none;
  interrupt.interrupts = 1;
  EXPECT_LT(none, preemptions);
  EXPECT_LT(preemptions, message);
  EXPECT_LT(message, crash);
  EXPECT_LT(crash, interrupt);
}

}  // namespace
}  // namespace heddle::tests
