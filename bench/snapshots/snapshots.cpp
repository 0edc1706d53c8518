// What going on from saved states gains: of each model the scenario with the longest executions
// among those that are exhausted within the budget, searched and sampled with and without, in turn.
#include <cstdint>
#include <memory_resource>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "bench/measure/clock.hpp"
#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/variant.hpp"
#include "sim/choice/random.hpp"
#include "sim/explore/dpor.hpp"

namespace heddle::bench {
namespace {

using scenarios::Rig;
using scenarios::Scenario;

struct Searched {
  bool exhausted = false;
  std::uint64_t executions = 0;
  double steps = 0;  // of an execution
  double kept = 0;   // of those, taken in an earlier one
  double seconds = 0;
};

Searched search(Rig& rig, std::uint64_t executions) {
  Searched result;
  sim::Dpor dpor(*std::pmr::new_delete_resource(), {sim::Reduction::optimal, 1'000});
  const double start = cpu_seconds();
  for (; result.executions < executions && dpor.has_next(); ++result.executions) {
    dpor.end(rig.run(dpor.begin(result.executions), {}));
    result.steps += static_cast<double>(rig.machine().steps());
    result.kept += static_cast<double>(rig.machine().steps_kept());
  }
  result.seconds = cpu_seconds() - start;
  result.exhausted = !dpor.has_next();
  result.steps /= static_cast<double>(result.executions);
  result.kept /= static_cast<double>(result.executions);
  return result;
}

/// @returns seconds.
double sample(Rig& rig, std::uint64_t executions) {
  sim::RandomChooser chooser;
  const double start = cpu_seconds();
  for (std::uint64_t i = 0; i < executions; ++i) {
    chooser.seed(i);
    rig.run(chooser, {});
  }
  return cpu_seconds() - start;
}

void set_up(Rig& rig, const Scenario& scenario) {
  sim::MachineConfig config = scenario.machine;
  config.interleave = sim::Interleave::sync;
  config.relaxing = sim::Relaxing::spins;
  scenarios::Variant fixed;
  fixed.scenario = &scenario;
  rig.set_up(fixed, config);
}

/// @returns nullptr if no scenario of the model is exhausted.
const Scenario* deepest(Rig& rig, const scenarios::Model& model, std::uint64_t executions) {
  const Scenario* best = nullptr;
  double most = 0;
  for (const Scenario& scenario : scenarios::all_scenarios()) {
    if (scenario.model != &model || scenario.body == nullptr) continue;
    if (scenario.machine.time == sim::Time::clock) continue;
    set_up(rig, scenario);
    const Searched result = search(rig, executions);
    if (!result.exhausted || result.executions < 2 || result.steps <= most) continue;
    most = result.steps;
    best = &scenario;
  }
  return best;
}

/// What a unit of `run` takes, without and with, as two columns of microseconds and a ratio.
template <class Run>
std::string columns(Rig& rig, int rounds, double per_unit, const Run& run) {
  const auto subject = [&](bool snapshots) {
    return [&rig, &run, snapshots](std::uint64_t units) {
      rig.machine().use_snapshots(snapshots);
      return run(units);
    };
  };
  const auto taken = in_turn({subject(false), subject(true)}, rounds, 0.2);
  rig.machine().use_snapshots(true);
  return fmt::format("{:>8.1f} {:>7.1f} {:>7.2f}", median(taken[0]) / per_unit / 1e3,
                     median(taken[1]) / per_unit / 1e3, median_ratio(taken[0], taken[1]));
}

void measure(Rig& rig, const Scenario& scenario, std::uint64_t executions, int rounds) {
  set_up(rig, scenario);
  const Searched once = search(rig, executions);
  const std::string searched =
      columns(rig, rounds, static_cast<double>(once.executions), [&](std::uint64_t units) {
        double seconds = 0;
        for (std::uint64_t i = 0; i < units; ++i) seconds += search(rig, executions).seconds;
        return seconds;
      });
  set_up(rig, scenario);
  const std::string sampled =
      columns(rig, rounds, 1, [&](std::uint64_t units) { return sample(rig, units); });
  fmt::print("{:<36} {:>10} {:>6.1f} {:>6.1f} {} {}\n", scenario.name, once.executions, once.steps,
             once.kept, searched, sampled);
}

}  // namespace
}  // namespace heddle::bench

int main(int argc, char** argv) {
  using namespace heddle;
  CLI::App app("Measures what searches gain by going on from saved states.");
  std::uint64_t executions = 20'000;
  int rounds = 5;
  app.add_option("executions", executions, "the searches of more are left out")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}))
      ->capture_default_str();
  app.add_option("--rounds", rounds, "how often each is measured; the median counts")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  scenarios::Rig rig;
  fmt::print("{:<36} {:>10} {:>6} {:>6} {:>8} {:>7} {:>7} {:>8} {:>7} {:>7}\n", "", "executions",
             "steps", "kept", "searched", "with", "faster", "sampled", "with", "faster");
  for (const scenarios::Model* model : scenarios::all_models()) {
    const scenarios::Scenario* const scenario = bench::deepest(rig, *model, executions);
    if (scenario == nullptr)
      fmt::print("{:<36} none is exhausted in {} executions\n", model->name, executions);
    else
      bench::measure(rig, *scenario, executions, rounds);
  }
  return 0;
}
