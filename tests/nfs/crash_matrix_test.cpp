// The crash matrix: a client crashes at each step of what it does with a mount, and comes up again
// or not. After how long is the file system free? The administrator begins half a minute later and
// tries every minute. models/nfs/README.md has the table that this measures.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "scenarios/families/nfs_support.hpp"
#include "tests/support/explore.hpp"

namespace heddle::scenarios::nfs {
namespace {

using sim::Machine;

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t never_min = 99;
constexpr std::uint64_t executions = 300;

enum class Step : std::uint8_t {
  mounting,
  mounted,
  used,
  dirty,
  writing,
  locked,
  unmounting,
  left
};
constexpr std::array<const char*, 8> step_words = {"mounting", "mounted", "used",       "dirty",
                                                   "writing",  "locked",  "unmounting", "left"};

/// The client's way to the step. A transmission that has no answer in time is not repeated, so that
/// a message may still be on its way when the client is gone, or be lost.
void go_to(Step step, Client& client) {
  const int number = client.mount();
  if (number <= 0 || step == Step::mounting || step == Step::mounted) return;
  client.access(number);
  if (step == Step::locked) client.lock(number);
  if (step == Step::dirty || step == Step::writing) client.write(7);
  if (step == Step::writing) client.sync(number);
  if (step == Step::unmounting || step == Step::left) client.umount(number);
}

/// When must no message have got lost, as its step is over?
bool is_settled(Step step) { return step != Step::mounting && step != Step::unmounting; }

struct Case {
  Step step;
  bool reboots;
  DefectBits defects;
};

void set_up(World& world, const Case& c, std::int64_t& worst_min) {
  Site::Options options;
  options.has_disk = true;
  if (!is_settled(c.step)) {
    options.timing = {1000, 0};
    options.faults = {.lost = 1, .delayed = 1, .delay_ms = 2000};
  }
  Site& site = world.create<Site>(world, c.defects, options);
  if (!is_settled(c.step)) site.network().carries_on(sim::Cpu{5});
  ClientHost& client = site.add_client("client", [&c](ClientHost& host, Client& self) {
    if (host.host.boots() > 1) {
      self.notify();
      return;
    }
    go_to(c.step, self);
    host.host.crash();
  });
  if (c.reboots) {
    Machine& machine = Machine::running();
    sim::Context& reboot = machine.create_fault(
        "reboot", sim::Strikes::host, 0,
        world.store([&client] { Machine::running().reboot(client.host.id(), {}); }));
    machine.at_crash(client.host.id(), world.store([&machine, &reboot] { machine.raise(reboot); }));
  }
  site.boot_server();
  world.settle([&site, &worst_min] {
    Machine& machine = Machine::running();
    machine.sleep_until(machine.now_ms() + minute_ms / 2, {});  // off the moments that count
    std::int64_t waited_min = 0;
    for (; site.server().umount() != 0 && waited_min < never_min; ++waited_min)
      machine.sleep_until(machine.now_ms() + minute_ms, {});
    worst_min = std::max(worst_min, waited_min);
  });
}

/// In minutes; the worst of so many executions.
std::int64_t free_after(const Case& c) {
  std::int64_t worst_min = 0;
  sim::MachineConfig config = tests::with_cpus(6);
  if (!is_settled(c.step)) config.time = sim::Time::clock;
  tests::explore(config, {}, executions, [&](World& world) { set_up(world, c, worst_min); });
  return worst_min;
}

std::string table(DefectBits defects) {
  std::string text;
  for (std::size_t i = 0; i < step_words.size(); ++i) {
    text += step_words[i];
    for (const bool reboots : {true, false}) {
      const std::int64_t minutes = free_after({static_cast<Step>(i), reboots, defects});
      text += " " + (minutes >= never_min ? std::string("never") : std::to_string(minutes));
    }
    text += "\n";
  }
  return text;
}

DefectBits only(Defect defect) { return Defects{defect}.bits(); }

TEST(CrashMatrix, WithLeasesItIsFreeWhenTheLeaseHasEnded) {
  EXPECT_EQ(table(0),
            "mounting 1 1\n"
            "mounted 0 1\n"
            "used 0 1\n"
            "dirty 0 1\n"
            "writing 0 1\n"
            "locked 0 1\n"
            "unmounting 1 1\n"
            "left 0 0\n");
}

/// What pins for half an hour or, where locks are held, until its holder is back.
const std::string half_an_hour_or_for_ever =
    "mounting 30 30\n"
    "mounted 30 30\n"
    "used 30 30\n"
    "dirty 30 30\n"
    "writing 30 30\n"
    "locked 30 never\n"
    "unmounting 30 30\n";

TEST(CrashMatrix, AsPostedItTakesTheCachesHalfHourOrForEver) {
  EXPECT_EQ(table(model.posted()), half_an_hour_or_for_ever + "left 0 0\n");
}

TEST(CrashMatrix, AnAdministratorWaitsForNobody) {
  EXPECT_EQ(table(only(Defect::administrator_revokes)),
            "mounting 0 0\n"
            "mounted 0 0\n"
            "used 0 0\n"
            "dirty 0 0\n"
            "writing 0 0\n"
            "locked 0 0\n"
            "unmounting 0 0\n"
            "left 0 0\n");
}

TEST(CrashMatrix, IdleExpiryDoesNotKnowWhoHoldsLocks) {
  EXPECT_EQ(table(only(Defect::idle_expiry)), half_an_hour_or_for_ever + "left 30 30\n");
}

TEST(CrashMatrix, ATableOfMountsForgetsWhomNobodySawForHalfAnHour) {
  EXPECT_EQ(table(only(Defect::mount_table)),
            "mounting 30 30\n"
            "mounted 0 30\n"
            "used 0 30\n"
            "dirty 0 30\n"
            "writing 0 30\n"
            "locked 0 30\n"
            "unmounting 30 30\n"
            "left 0 0\n");
}

}  // namespace
}  // namespace heddle::scenarios::nfs
