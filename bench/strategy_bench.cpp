// What the sampling strategies cost: executions a second on a tiny program and on workloads of
// lu_ref, with all checkers attached. Compare them with `random` within one run.
#include <array>
#include <memory_resource>
#include <string>

#include <benchmark/benchmark.h>

#include "bench/machine.hpp"
#include "bench/programs.hpp"
#include "checkers/set.hpp"
#include "scenarios/registry/scenario.hpp"
#include "scenarios/registry/strategy.hpp"
#include "scenarios/registry/variant.hpp"
#include "sim/explore/phases.hpp"

namespace heddle::bench {
namespace {

using scenarios::Scenario;
using scenarios::StrategyKind;

constexpr std::uint64_t campaign_seed = 2026;

/// A scenario with nothing switched on, or a program where `scenario` is empty.
struct Workload {
  const char* name;
  const char* scenario;
};
constexpr std::array workloads = {Workload{"increments_3x3", ""},
                                  Workload{"churn_by_key", "lu_ref/churn_by_key"},
                                  Workload{"failing_adds", "lu_ref/failing_adds"}};

void run(benchmark::State& state, StrategyKind kind, const Workload& workload) {
  const Scenario* const scenario = scenarios::find_scenario(workload.scenario);
  sim::MachineConfig config;
  config.cpus = 3;
  if (scenario != nullptr) config = scenario->machine;
  sim::Machine& simulated = machine();
  simulated.configure(config);
  checkers::CheckerSet checkers;
  checkers.attach_to(simulated);
  const sim::Callable setup{[](void* stored) {
                              World& world = World::of(sim::Machine::running());
                              if (stored == nullptr) return increments<3, 3>(world);
                              static_cast<const Scenario*>(stored)->body(world, 0);
                            },
                            const_cast<Scenario*>(scenario)};
  std::pmr::monotonic_buffer_resource memory;
  sim::Strategy& strategy = scenarios::build_sampler(kind, {}, campaign_seed, memory);
  std::uint64_t index = 0;
  std::uint64_t steps = 0;
  for (auto _ : state) {
    if (index != 0 && sim::executions_known_at(index) == index) strategy.know(strategy.knowledge());
    strategy.end(simulated.run(setup, strategy.begin(index++), {}));
    steps += simulated.steps();
  }
  simulated.detach_all();
  using benchmark::Counter;
  state.counters["executions"] = Counter(static_cast<double>(state.iterations()), Counter::kIsRate);
  state.counters["step"] = Counter(static_cast<double>(steps), Counter::kIsRate | Counter::kInvert);
}

[[maybe_unused]] const bool registered = [] {
  for (const Workload& workload : workloads)
    for (const scenarios::StrategyInfo& strategy : scenarios::all_strategies())
      if (scenarios::samples(strategy.kind))
        benchmark::RegisterBenchmark(
            ("strategy/" + std::string(workload.name) + "/" + std::string(strategy.word)).c_str(),
            [&workload, kind = strategy.kind](benchmark::State& state) {
              run(state, kind, workload);
            });
  return true;
}();

}  // namespace
}  // namespace heddle::bench
