// The lane view against committed pages, in tests/golden/lanes.
#include "traces/lanes.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/once.hpp"
#include "sim/machine/host.hpp"
#include "sim/machine/network.hpp"
#include "tests/traces/bodies.hpp"
#include "tests/traces/golden.hpp"
#include "tests/traces/record.hpp"

namespace heddle::tests {
namespace {

using sim::FindingKind;
using traces::LaneOptions;

template <class Body>
void expect_page(const std::string& name, const sim::MachineConfig& config, FindingKind kind,
                 Body&& body, const std::vector<std::string>& script, LaneOptions options = {}) {
  const auto recorded = record(("test/" + name).c_str(), config, kind, body, script);
  ASSERT_TRUE(recorded);
  options.replay = "heddle replay " + name + ".trace";
  const std::string page = traces::lanes(recorded->trace, recorded->recording, options);
  expect_fits(page, options.columns);
  expect_golden("lanes/" + name + ".txt", page);
}

TEST(Lanes, ALostUpdateOnTwoCpus) {
  expect_page("lost_update", racing_counter(2), FindingKind::invariant, lost_update,
              both_read_first);
}
TEST(Lanes, ARaceShowsAccessesThatWereNoSteps) {
  expect_page("race_without_steps", with_cpus(2), FindingKind::data_race, lost_update, {"adder.1"});
}
TEST(Lanes, APreemptionOnOneCpu) {
  expect_page("preemption", racing_counter(1), FindingKind::data_race, lost_update_on_one_cpu,
              {"A", "B", "A"});
}
TEST(Lanes, ADeadlockShowsWhoHoldsWhat) {
  expect_page("deadlock", with_cpus(2), FindingKind::deadlock, crossed_locks, {"up", "down"});
}
TEST(Lanes, ALockOrder) {
  expect_page("lock_order", with_cpus(2), FindingKind::lock_order, crossed_locks,
              {"up", "up", "up", "up", "down"});
}
TEST(Lanes, AUseAfterFree) {
  expect_page("use_after_free", racing_node(), FindingKind::use_after_free, early_free,
              {"dropper"});
}
TEST(Lanes, AnInterruptIsInset) {
  expect_page("interrupt", with_cpus(1), FindingKind::data_race, unmasked_update, {"task", "irq5"});
}
TEST(Lanes, HasATwinOfAsciiOnly) {
  expect_page("ascii", racing_counter(2), FindingKind::data_race, lost_update, both_read_first,
              {.ascii = true});
  expect_ascii(read_text(golden_path("lanes/ascii.txt")));
}
TEST(Lanes, FitANarrowPage) {
  expect_page("narrow", racing_counter(2), FindingKind::invariant, lost_update, both_read_first,
              {.columns = 64});
}

void five_cpus(World& world) {
  auto& counter = world.variable<Counter>("counter");
  for (std::uint16_t i = 0; i < 5; ++i)
    world.task("adder of a number", Cpu{i}, [&counter] { counter.add(); });
}
TEST(Lanes, OfManyCpusAreATable) {
  expect_page("table", racing_counter(5), FindingKind::data_race, five_cpus,
              {"adder of a number.3", "adder of a number.1"});
}

/// One waits for a flag that the other one sets late, and looks for another one meanwhile.
void waits_for_flag(World& world) {
  auto& flag = world.variable<int>("flag");
  auto& stop = world.variable<int>("stop");
  world.task("waits", Cpu{0}, [&flag, &stop] {
    while (sim::kernel::READ_ONCE(flag) == 0)
      if (sim::kernel::READ_ONCE(stop) != 0) return;
  });
  world.task("sets", Cpu{1}, [&flag, &world] {
    sim::kernel::WRITE_ONCE(flag, 1);
    world.expect(false, "an end");
  });
}
TEST(Lanes, FoldTheTurnsOfALoopThatWaits) {
  std::vector<std::string> script(11, "waits");
  script.push_back("sets");
  expect_page("loop", with_cpus(2), FindingKind::invariant, waits_for_flag, script);
}

struct Service {
  explicit Service(World& world)
      : network(world.create<sim::Network>(sim::MessageFaults{.lost = 1})),
        server(world, "server", 2),
        client(world, "client", 1),
        asked(network.mailbox("asked", server.id())),
        answered(network.mailbox("answered", client.id())) {}

  void send(sim::Mailbox& box) { network.send(box, "?", 1, nullptr, {}); }
  void receive(sim::Mailbox& box) {
    sim::Message message;
    box.receive(message, {});
  }

  sim::Network& network;
  sim::Host server, client;
  sim::Mailbox& asked;
  sim::Mailbox& answered;
};

/// The client goes down before its answer comes; nobody closes what the server has opened.
void client_goes_down(World& world) {
  auto& service = world.create<Service>(world);
  auto& open = world.variable<Counter>("open");
  service.client.boot([&service, &open] {
    service.client.task("asks", [&service, &open] {
      service.send(service.asked);
      service.receive(service.answered);
      sim::kernel::WRITE_ONCE(open.value, 0);
    });
  });
  service.client.may_crash(1, sim::AfterCrash::reboots);
  service.server.daemon("serves", [&service, &open] {
    service.receive(service.asked);
    sim::kernel::WRITE_ONCE(open.value, 1);
    service.send(service.answered);
  });
  service.server.task(
      "looks",
      [&open, &world] { world.expect(sim::kernel::READ_ONCE(open.value) == 0, "all is closed"); },
      1);
}
const std::vector<std::string> crash_after_question = {
    "asks", "0", "serves", "serves", "serves", "0", "crash", "0", "looks"};
TEST(Lanes, HostsStandAboveTheirCpusAndCrashesGoAcross) {
  expect_page("hosts", with_cpus(3), FindingKind::invariant, client_goes_down,
              crash_after_question);
}
TEST(Lanes, OfHostsHaveATableAndATwinOfAsciiOnly) {
  expect_page("hosts_table", with_cpus(3), FindingKind::invariant, client_goes_down,
              crash_after_question, {.ascii = true, .table = true});
}

/// One counts for long, the other looks once.
void long_stretch(World& world) {
  auto& counter = world.variable<Counter>("counter");
  world.task("counts", Cpu{0}, [&counter] {
    for (int i = 0; i < 30; ++i) sim::kernel::WRITE_ONCE(counter.value, i);
  });
  world.task("looks", Cpu{1}, [&counter, &world] {
    world.expect(sim::kernel::READ_ONCE(counter.value) < 20, "less than twenty");
  });
}
TEST(Lanes, FoldLongStretches) {
  std::vector<std::string> script(25, "counts");
  script.push_back("looks");
  expect_page("folded", racing_counter(2), FindingKind::invariant, long_stretch, script);
}

/// A hundred that count, and one that looks in between.
void busy_hundred(World& world) {
  auto& counter = world.variable<Counter>("counter");
  for (std::uint16_t i = 0; i < 100; ++i)
    world.task("counts", Cpu{i}, [&counter] { sim::kernel::WRITE_ONCE(counter.value, 1); });
  world.task("looks", Cpu{100}, [&counter, &world] {
    world.expect(sim::kernel::READ_ONCE(counter.value) == 0, "nobody has counted");
  });
}
TEST(Lanes, KeepWhatIsNearTheFindingOfManyRows) {
  std::vector<std::string> script;
  for (int i = 1; i <= 50; ++i) script.push_back("counts." + std::to_string(i));
  script.push_back("looks");
  expect_page("busy", racing_counter(101), FindingKind::invariant, busy_hundred, script,
              {.rows_max = 20});
}

}  // namespace
}  // namespace heddle::tests
