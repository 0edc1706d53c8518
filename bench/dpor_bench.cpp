// What optimal DPOR costs: executions a second on programs whose numbers of traces are known
// (bench/counted.hpp), with no checker attached. One iteration is one search to its end, or its
// first 100,000 executions.
#include <memory_resource>
#include <string>

#include <benchmark/benchmark.h>

#include "bench/counted.hpp"
#include "bench/machine.hpp"
#include "sim/explore/counts.hpp"
#include "sim/explore/dpor.hpp"

namespace heddle::bench {
namespace {

constexpr std::uint64_t executions_max = 100'000;

struct Search {
  const char* program;
  int n;
  int k;
  std::uint64_t executions = executions_max;  ///< at most
};
constexpr Search searches[] = {
    {"ninc", 6, 0},  {"casw", 5, 0},     {"readers", 16, 0},          {"inc", 3, 3},
    {"mutex", 8, 1}, {"indexer", 15, 0}, {"lastzero", 15, 0, 147'456}};

void run(benchmark::State& state, const Search& search) {
  CountedExecution execution(machine(), *counted_program(search.program), search.n, search.k);
  sim::Counts counts;
  std::uint64_t steps = 0;
  for (auto _ : state) {
    sim::Dpor dpor(*std::pmr::new_delete_resource(), {sim::Reduction::optimal, 1'000});
    for (std::uint64_t i = 0; i < search.executions && dpor.has_next(); ++i) {
      const sim::Outcome outcome = execution.run(dpor.begin(i), {});
      dpor.end(outcome);
      counts.add(outcome);
      steps += machine().steps();
    }
  }
  if (counts.complete() != counts.all()) state.SkipWithError("an execution is redundant");
  using benchmark::Counter;
  state.counters["executions"] = Counter(static_cast<double>(counts.all()), Counter::kIsRate);
  state.counters["step"] = Counter(static_cast<double>(steps), Counter::kIsRate | Counter::kInvert);
}

[[maybe_unused]] const bool registered = [] {
  for (const Search& search : searches)
    benchmark::RegisterBenchmark(("dpor/" + std::string(search.program) + "/" +
                                  std::to_string(search.n) + "/" + std::to_string(search.k))
                                     .c_str(),
                                 [&search](benchmark::State& state) { run(state, search); })
        ->Unit(benchmark::kMillisecond);
  return true;
}();

}  // namespace
}  // namespace heddle::bench
