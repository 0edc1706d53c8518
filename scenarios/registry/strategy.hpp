// The strategies by name, with what they are for and their parameters: what `--strategy` takes and
// what stands in a trace's header.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/explore/strategy.hpp"

namespace heddle::scenarios {

enum class StrategyKind : std::uint8_t {
  random,
  sticky,
  pct,
  pos,
  urw,
  surw,
  delay,
  dfs,
  ipb,
  portfolio
};

struct StrategyInfo {
  StrategyKind kind;
  std::string_view word;
  std::string_view summary;
  std::string_view parameter;  ///< what it counts; empty: it has none
  std::uint32_t usual = 0;     ///< the parameter where none is given
  std::uint32_t least = 0;
  std::uint32_t most = 0;
};

/// All strategies, by kind.
std::span<const StrategyInfo> all_strategies();
const StrategyInfo& info(StrategyKind kind);
inline std::string_view word(StrategyKind kind) { return info(kind).word; }
/// The inverse of word(). @returns false for a word that is none.
bool strategy_from(std::string_view word, StrategyKind& kind);

/// Does it sample, execution by execution, for as long as one likes? The others search.
inline bool samples(StrategyKind kind) {
  return kind != StrategyKind::dfs && kind != StrategyKind::ipb;
}

/// "pct:5"; without the number where the strategy has none.
std::string strategy_word(StrategyKind kind, std::optional<std::uint32_t> parameter);

/// A sampling strategy, built in `memory`. @pre samples(kind); the parameter is in its range.
sim::Strategy& build_sampler(StrategyKind kind, std::optional<std::uint32_t> parameter,
                             std::uint64_t seed, std::pmr::memory_resource& memory);

}  // namespace heddle::scenarios
