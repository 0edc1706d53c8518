// Running scenario bodies in tests: one after another under the random chooser, with the checkers
// that the test attaches.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/choice/random.hpp"
#include "sim/core/finding.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/world.hpp"

namespace heddle::tests {

/// The test program's only machine: the arena's addresses are fixed.
inline sim::Machine& machine() {
  static sim::Machine instance;
  return instance;
}

/// `body` is anything that can be called with a World&; it must outlive the execution.
template <class Body>
sim::Callable callable(Body& body) {
  return {[](void* stored) {
            (*reinterpret_cast<Body*>(stored))(sim::World::of(sim::Machine::running()));
          },
          const_cast<void*>(reinterpret_cast<const volatile void*>(&body))};
}

/// Runs one execution on the machine as it is configured; its findings are the machine's.
template <class Body>
sim::Outcome run_once(Body&& body, sim::Chooser& chooser) {
  return machine().run(callable(body), chooser, sim::ChoiceLog{});
}

/// What executions of seeds 0, 1, … found.
struct Exploration {
  std::uint64_t executions = 0;
  std::vector<sim::Finding> findings;  ///< of all executions, in order

  bool clean() const { return findings.empty(); }
  std::size_t count(sim::FindingKind kind) const {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(),
                      [kind](const sim::Finding& finding) { return finding.kind == kind; }));
  }
  bool found(sim::FindingKind kind) const { return count(kind) != 0; }
};

/// Runs seeds 0..executions - 1 of `body` on the machine as it is configured and watched; detaches
/// the observers afterwards.
template <class Body>
Exploration explore_attached(std::uint64_t executions, Body&& body) {
  Exploration result;
  sim::RandomChooser chooser;
  for (; result.executions < executions; ++result.executions) {
    chooser.seed(result.executions);
    run_once(body, chooser);
    result.findings.insert(result.findings.end(), machine().findings().begin(),
                           machine().findings().end());
  }
  machine().detach_all();
  return result;
}

/// The same on a machine of this configuration, watched by `observers`.
template <class Body>
Exploration explore(const sim::MachineConfig& config, std::vector<sim::Observer*> observers,
                    std::uint64_t executions, Body&& body) {
  machine().configure(config);
  machine().detach_all();
  for (sim::Observer* observer : observers) machine().attach(*observer);
  return explore_attached(executions, body);
}

/// A configuration of `cpus` CPUs, all else as by default.
inline sim::MachineConfig with_cpus(std::uint16_t cpus) {
  sim::MachineConfig config;
  config.cpus = cpus;
  return config;
}

/// A configuration of one CPU.
inline sim::MachineConfig with_preemption(sim::Preemption preemption) {
  sim::MachineConfig config;
  config.preemption = preemption;
  return config;
}

}  // namespace heddle::tests
