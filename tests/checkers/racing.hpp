// How often a program races.
#pragma once

#include <cstdint>

#include "checkers/race.hpp"
#include "sim/choice/random.hpp"
#include "sim/machine/machine.hpp"
#include "tests/support/explore.hpp"

namespace heddle::checkers {

inline constexpr std::uint64_t seeds = 60;

/// In how many of `seeds` executions on two CPUs is there a data race?
template <class Body>
std::uint64_t racing(Body&& body) {
  RaceChecker race;
  std::uint64_t count = 0;
  sim::Machine& machine = tests::machine();
  machine.configure(tests::with_cpus(2));
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

}  // namespace heddle::checkers
