#include "scenarios/registry/strategy.hpp"

#include <array>
#include <new>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/core/check.hpp"
#include "sim/explore/delay.hpp"
#include "sim/explore/mutation.hpp"
#include "sim/explore/pct.hpp"
#include "sim/explore/pos.hpp"
#include "sim/explore/random_walk.hpp"
#include "sim/explore/sampler.hpp"
#include "sim/explore/sticky.hpp"
#include "sim/explore/surw.hpp"
#include "sim/explore/urw.hpp"

namespace heddle::scenarios {
namespace {

constexpr std::array<StrategyInfo, 10> strategies = {{
    {StrategyKind::random, "random", "each way equally probable at every choice", ""},
    {StrategyKind::sticky, "sticky", "random, but stays with the same context for a while",
     "percent", 80, 0, 99},
    {StrategyKind::pct, "pct", "random priorities that change at a few points", "depth", 3, 1,
     sim::Pct::depth_max},
    {StrategyKind::pos, "pos", "a random priority for every step: partial order sampling", ""},
    {StrategyKind::urw, "urw", "all interleavings equally probable, as far as can be known", ""},
    {StrategyKind::surw, "surw", "the same for the uses of one object, drawn for each execution",
     ""},
    {StrategyKind::delay, "delay", "round robin with a few random delays", "delays", 3, 0,
     sim::DelayWalk::delays_max},
    {StrategyKind::dfs, "dfs", "all schedules, in order", ""},
    {StrategyKind::ipb, "ipb", "all schedules, those with few preemptions first", ""},
    {StrategyKind::portfolio, "portfolio", "all that sample, more of those that reach new places",
     ""},
}};

/// Walks in the memory that a strategy's processes share.
class Arms {
 public:
  explicit Arms(std::pmr::memory_resource& memory) : memory_(memory) {}

  void add(StrategyKind kind, std::uint32_t parameter, std::uint32_t weight = 1) {
    weight_ = weight;
    switch (kind) {
      case StrategyKind::random:
        return add<sim::PlainWalk>();
      case StrategyKind::sticky:
        return add<sim::StickyWalk>(parameter);
      case StrategyKind::pct:
        return add<sim::Pct>(parameter);
      case StrategyKind::pos:
        return add<sim::PartialOrderSampling>();
      case StrategyKind::urw:
        return add<sim::UniformWalk>();
      case StrategyKind::surw:
        return add<sim::SelectiveWalk>();
      case StrategyKind::delay:
        return add<sim::DelayWalk>(parameter);
      case StrategyKind::portfolio:
        return add_portfolio();
      case StrategyKind::dfs:
      case StrategyKind::ipb:
        break;
    }
    HEDDLE_CHECK(false, "a search is no sampler");
  }

  sim::Strategy& sampler(std::uint64_t seed, bool swarm) {
    void* room = memory_.allocate(sizeof(sim::Sampler), alignof(sim::Sampler));
    return *new (room) sim::Sampler(seed, arms_, swarm, pool_);
  }

 private:
  template <class Walk, class... Arguments>
  void add(Arguments... arguments) {
    void* room = memory_.allocate(sizeof(Walk), alignof(Walk));
    arms_.push_back({new (room) Walk(arguments...), weight_});
  }
  void add_mutations(std::uint32_t weight) {
    void* room = memory_.allocate(sizeof(sim::SchedulePool), alignof(sim::SchedulePool));
    pool_ = new (room) sim::SchedulePool(memory_);
    room = memory_.allocate(sizeof(sim::MutatedWalk), alignof(sim::MutatedWalk));
    arms_.push_back({new (room) sim::MutatedWalk(*pool_), weight, true});
  }
  /// The two that find most with the fewest schedules (bench/schedules_to_bug).
  void add_deep(StrategyKind kind) {
    add(kind, 0, 2);
    arms_.back().deep = true;
  }
  void add_portfolio() {
    add(StrategyKind::random, 0);
    add(StrategyKind::sticky, 80);
    add_deep(StrategyKind::pos);
    add(StrategyKind::pct, 3);
    add(StrategyKind::pct, 10);
    add(StrategyKind::urw, 0);
    add_deep(StrategyKind::surw);
    add(StrategyKind::delay, 3);
    add_mutations(2);
  }

  std::pmr::memory_resource& memory_;
  std::uint32_t weight_ = 1;
  sim::SchedulePool* pool_ = nullptr;
  std::vector<sim::Sampler::Arm> arms_;
};

}  // namespace

std::span<const StrategyInfo> all_strategies() { return strategies; }

const StrategyInfo& info(StrategyKind kind) { return strategies[static_cast<std::size_t>(kind)]; }

bool strategy_from(std::string_view text, StrategyKind& kind) {
  for (const StrategyInfo& strategy : strategies) {
    if (strategy.word != text) continue;
    kind = strategy.kind;
    return true;
  }
  return false;
}

std::string strategy_word(StrategyKind kind, std::optional<std::uint32_t> parameter) {
  const StrategyInfo& strategy = info(kind);
  if (strategy.parameter.empty()) return std::string(strategy.word);
  return fmt::format("{}:{}", strategy.word, parameter.value_or(strategy.usual));
}

sim::Strategy& build_sampler(StrategyKind kind, std::optional<std::uint32_t> parameter,
                             std::uint64_t seed, std::pmr::memory_resource& memory) {
  const StrategyInfo& strategy = info(kind);
  const std::uint32_t number = parameter.value_or(strategy.usual);
  HEDDLE_CHECK(strategy.parameter.empty() || (number >= strategy.least && number <= strategy.most),
               "a strategy's parameter is in its range");
  Arms arms(memory);
  arms.add(kind, number);
  return arms.sampler(seed, kind == StrategyKind::portfolio);
}

}  // namespace heddle::scenarios
