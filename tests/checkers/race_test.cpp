// Data races: what is one, what is none, and that it is seen in every schedule.
#include "checkers/race.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstring>

#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using sim::Cpu;
using sim::FindingKind;
using sim::Level;
using sim::Mask;
using sim::Place;
using sim::World;
using tests::explore;
using tests::with_cpus;

constexpr std::uint64_t seeds = 60;

/// In how many of `seeds` executions is there a data race?
template <class Body>
std::uint64_t racing(std::uint16_t cpus, Body&& body) {
  RaceChecker race;
  std::uint64_t count = 0;
  sim::Machine& machine = tests::machine();
  machine.configure(with_cpus(cpus));
  machine.detach_all();
  machine.attach(race);
  sim::RandomChooser chooser;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    chooser.seed(seed);
    tests::run_once(body, chooser);
    if (!machine.findings().empty()) ++count;
  }
  machine.detach_all();
  return count;
}

struct Section {
  explicit Section(Mask mask) : mask_(mask) { sim::Machine::running().mask(mask, Place{}); }
  ~Section() { sim::Machine::running().unmask(mask_, Place{}); }

 private:
  Mask mask_;
};

TEST(Race, TwoPlainWritesRaceInEverySchedule) {
  EXPECT_EQ(racing(2, [](World& world) {
    int& x = world.create<int>(0);
    world.task("left", Cpu{0}, [&] { x = 1; });
    world.task("right", Cpu{1}, [&] { x = 2; });
  }), seeds);
}

TEST(Race, TwoReadsDoNot) {
  EXPECT_EQ(racing(2, [](World& world) {
    int& x = world.create<int>(7);
    int& sum = world.create<int>(0);
    auto& a = world.create<std::atomic<int>>(0);
    world.task("left", Cpu{0}, [&] { a.fetch_add(x); });
    world.task("right", Cpu{1}, [&] { a.fetch_add(x); });
    world.finally([&] { sum = x + a.load(); });
  }), 0u);
}

}  // namespace
}  // namespace heddle::checkers
