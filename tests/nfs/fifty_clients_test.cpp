// A large world: fifty clients of one server, by the clock, with messages that get lost.
#include <array>
#include <cstdint>

#include <gtest/gtest.h>

#include "checkers/race.hpp"
#include "scenarios/families/nfs_support.hpp"
#include "tests/support/explore.hpp"

namespace heddle::scenarios::nfs {
namespace {

constexpr std::uint16_t clients = 50;

TEST(FiftyClients, AllGetTheirTurnAndTheServerIsFreeInTheEnd) {
  sim::MachineConfig config = tests::with_cpus(clients + Site::server_cpus);
  config.time = sim::Time::clock;
  checkers::RaceChecker race;
  std::array<int, clients> left{};
  const auto set_up = [&left](World& world) {
    Site::Options options;
    options.timing = {1'000, 10};
    options.faults = {.lost = 20, .duplicated = 20, .overtaken = 20};
    Site& site = world.create<Site>(world, DefectBits{0}, options);
    for (std::uint16_t i = 0; i < clients; ++i)
      site.add_client("client", [&left, i](ClientHost&, Client& self) {
        const int number = self.mount();
        if (number > 0 && self.access(number) == 0 && self.umount(number) == 0) ++left[i];
      });
    site.boot_server();
    site.expect_free_in_the_end();
  };
  const tests::Exploration found = tests::explore(config, {&race}, 3, set_up);
  EXPECT_TRUE(found.clean());
  for (const int times : left) EXPECT_EQ(times, 3);
}

/// How often mountd is asked about a client that works for a minute while automounts of all others
/// expire, one a second.
std::uint32_t upcalls_for_who_works(DefectBits defects) {
  sim::MachineConfig config = tests::with_cpus(clients + Site::server_cpus);
  config.time = sim::Time::clock;
  std::uint32_t upcalls = 0;
  const auto set_up = [&upcalls, defects](World& world) {
    Site& site = world.create<Site>(world, defects, Site::Options{});
    const auto sleep_until = [&world](std::int64_t moment_ms) {
      world.machine().sleep_until(moment_ms, {});
    };
    const ClientHost& busy = site.add_client("busy", [sleep_until](ClientHost&, Client& self) {
      const int number = self.mount();
      for (std::int64_t second = 1; second <= 60; ++second) {
        sleep_until(second * 1000 + 500);
        self.access(number);
      }
    });
    for (std::uint16_t i = 1; i < clients; ++i)
      site.add_client("client", [sleep_until, i](ClientHost&, Client& self) {
        const int number = self.mount();
        sleep_until(i * std::int64_t{1000});
        self.umount(number);
      });
    site.boot_server();
    world.settle([&site, &busy, &upcalls] { upcalls = site.server().upcalls(busy.host.id()); });
  };
  tests::explore(config, {}, 1, set_up);
  return upcalls;
}

TEST(FiftyClients, AsPostedEachThatGoesMakesMountdBeAskedAboutWhoWorks) {
  EXPECT_EQ(upcalls_for_who_works(DefectBits{0}), 1u);
  EXPECT_EQ(upcalls_for_who_works(model.posted()), clients);
}

}  // namespace
}  // namespace heddle::scenarios::nfs
