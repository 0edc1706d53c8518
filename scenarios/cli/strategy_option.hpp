// --strategy: a name, and a number for those that take one, as in pct:5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/registry/strategy.hpp"

namespace heddle::cli {

struct StrategyOption {
  scenarios::StrategyKind kind = scenarios::StrategyKind::portfolio;
  std::optional<std::uint32_t> parameter;  ///< default: the strategy's own
  friend bool operator==(const StrategyOption&, const StrategyOption&) = default;

  bool samples() const { return scenarios::samples(kind); }
  /// "pct:5"
  std::string text() const { return scenarios::strategy_word(kind, parameter); }
};

/// @throws InputError, with the near names.
StrategyOption parse_strategy(std::string_view option, std::string_view text);

/// The strategies, their parameters and what they do: a part of a verb's help.
std::string strategies_help();

}  // namespace heddle::cli
