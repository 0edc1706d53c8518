// Programs as the executions that strategies explore.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/explore/counts.hpp"
#include "sim/explore/execution.hpp"
#include "sim/explore/strategy.hpp"
#include "tests/support/explore.hpp"

namespace heddle::tests {

/// A scenario's body on the test program's machine.
class Program final : public sim::Execution {
 public:
  using Body = void (*)(sim::World&);
  Program(std::uint16_t cpus, Body body) : body_(body) { config_.cpus = cpus; }
  Program(const sim::MachineConfig& config, Body body) : config_(config), body_(body) {}

  sim::Outcome run(sim::Chooser& chooser, sim::ChoiceLog log) override {
    machine().configure(config_);
    return machine().run(callable(body_), chooser, log);
  }

 private:
  sim::MachineConfig config_;
  Body body_;
};

/// Makes executions until the strategy has no more, or `executions_max`.
/// @param after  called after each execution.
inline sim::Counts explore_all(sim::Execution& execution, sim::Strategy& strategy,
                               const std::function<void()>& after = {},
                               std::uint64_t executions_max = 10'000'000) {
  sim::Counts counts;
  while (strategy.has_next() && counts.all() < executions_max) {
    const sim::Outcome outcome = execution.run(strategy.begin(counts.all()), {});
    strategy.end(outcome);
    counts.add(outcome, strategy.beyond_bound());
    if (after) after();
  }
  return counts;
}

}  // namespace heddle::tests
