// What it costs to check a history of 100 calls by four callers, in which all calls overlap others.
#include <array>
#include <cstdint>

#include <benchmark/benchmark.h>

#include "checkers/linearizability.hpp"
#include "sim/core/rng.hpp"
#include "tests/checkers/linearizability/specs.hpp"

namespace heddle::bench {
namespace {

using tests::Registers;
using Kind = Registers::Kind;
using RegisterHistory = checkers::History<Registers::Operation>;

/// Four callers call, take effect and return at random moments; right by construction.
RegisterHistory history_of(std::uint64_t seed, std::size_t calls) {
  struct Caller {
    std::size_t call = 0;
    int phase = 0;  // 0 idle, 1 called, 2 has taken effect
    Registers::Operation operation;
  };
  sim::Rng rng(seed);
  std::array<Caller, 4> callers;
  Registers::State state = Registers{}.initial();
  RegisterHistory history;
  for (std::size_t returned = 0; returned < calls;) {
    Caller& caller = callers[rng.below(4)];
    Registers::Operation& operation = caller.operation;
    if (caller.phase == 0) {
      operation = {static_cast<Kind>(rng.below(3)), static_cast<std::uint8_t>(rng.below(4)),
                   static_cast<std::uint8_t>(rng.below(3)), static_cast<std::uint8_t>(rng.below(3)),
                   0};
      caller.call = history.called(operation);
    } else if (caller.phase == 1) {
      std::uint8_t& value = state[operation.key];
      operation.result = operation.kind == Kind::swap ? value == operation.expected : value;
      if (operation.kind == Kind::write || (operation.kind == Kind::swap && operation.result == 1))
        value = operation.value;
    } else {
      history.returned(caller.call, operation);
      ++returned;
    }
    caller.phase = (caller.phase + 1) % 3;
  }
  return history;
}

template <class Spec>
void linearizability_100(benchmark::State& state) {
  std::array<RegisterHistory, 64> histories;
  for (std::size_t i = 0; i < histories.size(); ++i) histories[i] = history_of(i, 100);
  checkers::LinearizabilityChecker<Spec> checker;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto result = checker.check(histories[next++ % histories.size()].calls());
    if (result.verdict != checkers::Linearizable::yes)
      state.SkipWithError("a history that is right by construction is not linearizable");
  }
}
BENCHMARK(linearizability_100<Registers>);
BENCHMARK(linearizability_100<tests::RegistersByKey>);

}  // namespace
}  // namespace heddle::bench
