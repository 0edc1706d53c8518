// What searches repeat: of each model the scenario with the longest executions among those that are
// exhausted within the budget; how much of its executions is prefix that was executed before, what
// that costs, and what a copy of the state would cost that could stand for it.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <memory_resource>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/variant.hpp"
#include "sim/explore/dpor.hpp"

namespace heddle::bench {
namespace {

using scenarios::Rig;
using scenarios::Scenario;

constexpr std::uint64_t executions_min = 500;

struct Repetition {
  std::string scenario;
  bool exhausted = false;
  std::uint64_t executions = 0;
  double steps = 0;     // of an execution
  double repeated = 0;  // of those
  double ns = 0;        // of an execution, all checkers on
  double state = 0;     // bytes of it at the end of an execution
  double copy_ns = 0;   // to copy that many
};

double cpu_seconds() {
  timespec now{};
  // Of the thread: that of a process moves by ticks while a limit on it is watched, as a rig does.
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// At the least: what was allocated with its shadow, each context with a kilobyte of its stack, and
/// the clocks of contexts and of as many objects. What checkers keep in tables comes on top.
double bytes_of_state(sim::Machine& machine) {
  std::size_t allocated = 0;
  for (std::uint16_t i = 0; i < machine.context_count(); ++i)
    allocated += machine.arena().used(sim::ContextId{i});
  const std::size_t words = allocated / 8;
  const std::size_t of_words = sizeof(sim::WordStates) + sizeof(sim::AccessCell) +
                               sizeof(sim::AccessLine) / sim::AccessLine::word_count;
  const std::size_t of_contexts = sizeof(sim::Context) + 1'024 + 2 * 256;
  return static_cast<double>(allocated + words * of_words + machine.context_count() * of_contexts);
}

double ns_to_copy(double bytes) {
  const auto size = static_cast<std::size_t>(bytes);
  std::vector<char> from(size, 1);
  std::vector<char> to(size);
  constexpr int times = 2'000;
  const double start = cpu_seconds();
  for (int i = 0; i < times; ++i) {
    std::memcpy(to.data(), from.data(), size);
    asm volatile("" : : "r"(to.data()) : "memory");
  }
  return 1e9 * (cpu_seconds() - start) / times;
}

Repetition measure(Rig& rig, const Scenario& scenario, std::uint64_t executions) {
  sim::MachineConfig config = scenario.machine;
  config.interleave = sim::Interleave::sync;
  config.relaxing = sim::Relaxing::spins;
  scenarios::Variant fixed;
  fixed.scenario = &scenario;
  rig.set_up(fixed, config);
  Repetition result;
  result.scenario = scenario.name;
  std::uint64_t made = 0;
  const double start = cpu_seconds();
  // Short searches are made again, or only their first page faults would be seen.
  while (made < executions_min) {
    sim::Dpor dpor(*std::pmr::new_delete_resource(), {sim::Reduction::optimal, 1'000});
    std::uint64_t index = 0;
    for (; index < executions && dpor.has_next(); ++index) {
      sim::Chooser& chooser = dpor.begin(index);
      result.repeated += dpor.front();
      dpor.end(rig.run(chooser, {}));
      result.steps += static_cast<double>(rig.machine().steps());
    }
    made += index;
    result.executions = index;
    result.exhausted = !dpor.has_next();
  }
  const auto count = static_cast<double>(made);
  result.ns = 1e9 * (cpu_seconds() - start) / count;
  result.repeated /= count;
  result.steps /= count;
  result.state = bytes_of_state(rig.machine());
  return result;
}

/// @returns one without a name if no scenario of the model is exhausted.
Repetition deepest(Rig& rig, const scenarios::Model& model, std::uint64_t executions) {
  Repetition best;
  for (const Scenario& scenario : scenarios::all_scenarios()) {
    if (scenario.model != &model || scenario.body == nullptr) continue;
    if (scenario.machine.time == sim::Time::clock) continue;
    const Repetition result = measure(rig, scenario, executions);
    if (result.exhausted && result.executions > 1 && result.steps > best.steps) best = result;
  }
  if (!best.scenario.empty()) best.copy_ns = ns_to_copy(best.state);
  return best;
}

}  // namespace
}  // namespace heddle::bench

int main(int argc, char** argv) {
  using namespace heddle;
  CLI::App app("Measures what searches repeat of each execution, and what a copy would cost.");
  std::uint64_t executions = 20'000;
  app.add_option("executions", executions, "the searches of more are left out")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  bench::Rig rig;
  fmt::print("{:<36} {:>10} {:>6} {:>9} {:>8} {:>11} {:>9} {:>8}\n", "", "executions", "steps",
             "repeated", "ns each", "prefix ns", "state B", "copy ns");
  for (const scenarios::Model* model : scenarios::all_models()) {
    const bench::Repetition it = bench::deepest(rig, *model, executions);
    if (it.scenario.empty()) {
      fmt::print("{:<36} none is exhausted in {} executions\n", model->name, executions);
      continue;
    }
    fmt::print("{:<36} {:>10} {:>6.1f} {:>9.1f} {:>8.0f} {:>11.0f} {:>9.0f} {:>8.0f}\n",
               it.scenario, it.executions, it.steps, it.repeated, it.ns,
               it.ns * it.repeated / it.steps, it.state, it.copy_ns);
  }
  return 0;
}
