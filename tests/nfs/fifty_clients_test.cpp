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

}  // namespace
}  // namespace heddle::scenarios::nfs
