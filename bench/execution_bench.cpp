// How many executions a second, and how long a step takes: peers' programs under the random
// chooser. Each one bare, without observers and without recording, and checked, as campaigns run
// it: all checkers attached, every choice written to memory that a parent process could read.
#include <benchmark/benchmark.h>

#include "bench/machine.hpp"
#include "bench/programs.hpp"
#include "checkers/set.hpp"
#include "sim/choice/random.hpp"
#include "sim/core/rng.hpp"
#include "sim/explore/shared_memory.hpp"

namespace heddle::bench {
namespace {

using Program = void (*)(World&);

constexpr std::uint64_t campaign_seed = 2026;
constexpr std::size_t choices_max = 65'536;

sim::ChoiceLog mapped_log() {
  static sim::SharedMemory memory(8 + choices_max * sizeof(sim::Choice));
  auto* size = static_cast<volatile std::uint64_t*>(memory.data());
  auto* entries = reinterpret_cast<sim::Choice*>(static_cast<char*>(memory.data()) + 8);
  return {entries, choices_max, size};
}

struct Form {
  std::uint16_t cpus;
  bool checked;
  std::uint64_t accesses = 0;  // of an execution, where they are what is measured
};

/// Runs executions 0, 1, … of `program` for as long as the benchmark lasts.
void run(benchmark::State& state, Program program, Form form) {
  sim::MachineConfig config;
  config.cpus = form.cpus;
  config.limits.steps_max = 2'000'000;
  sim::Machine& machine = bench::machine();
  machine.configure(config);
  checkers::CheckerSet checkers;
  sim::ChoiceLog log;
  if (form.checked) {
    checkers.attach_to(machine);
    log = mapped_log();
  }
  const sim::Callable setup{[](void* stored) {
                              World world(sim::Machine::running());
                              (*static_cast<Program*>(stored))(world);
                            },
                            &program};
  sim::RandomChooser chooser;
  std::uint64_t execution = 0;
  std::uint64_t steps = 0;
  for (auto _ : state) {
    chooser.seed(sim::mix(campaign_seed, execution++));
    const sim::Outcome outcome = machine.run(setup, chooser, log);
    if (outcome != sim::Outcome::finished || !machine.findings().empty()) {
      state.SkipWithError("the program is correct, and yet an execution went wrong");
      break;
    }
    steps += machine.steps();
  }
  machine.detach_all();
  using benchmark::Counter;
  const auto total = static_cast<double>(state.iterations());
  state.counters["executions"] = Counter(total, Counter::kIsRate);
  if (steps != 0)
    state.counters["step"] =
        Counter(static_cast<double>(steps), Counter::kIsRate | Counter::kInvert);
  if (form.accesses != 0)
    state.counters["access"] =
        Counter(total * static_cast<double>(form.accesses), Counter::kIsRate | Counter::kInvert);
}

#define HEDDLE_BENCH(name, program, cpus, ...)                                                 \
  BENCHMARK_CAPTURE(run, name, &program, Form{cpus, false, __VA_ARGS__})->Name(#name "/bare"); \
  BENCHMARK_CAPTURE(run, name, &program, Form{cpus, true, __VA_ARGS__})->Name(#name "/checked")

HEDDLE_BENCH(store_buffering, store_buffering, 2);
HEDDLE_BENCH(increments_3x3, (increments<3, 3>), 3);
HEDDLE_BENCH(mutex_3x3, (locked_increments<3, 3>), 3);
HEDDLE_BENCH(readers_8, readers<8>, 9);
HEDDLE_BENCH(counter_1M, counter<1'000'000>, 1);
HEDDLE_BENCH(plain_2M, plain_accesses<1'000'000>, 1, 2'000'000);
#undef HEDDLE_BENCH

}  // namespace
}  // namespace heddle::bench
