#include "scenarios/cli/strategy_option.hpp"

#include <vector>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/values.hpp"

namespace heddle::cli {

StrategyOption parse_strategy(std::string_view option, std::string_view text) {
  const auto all = scenarios::all_strategies();
  std::vector<std::string> words;
  for (const scenarios::StrategyInfo& strategy : all) words.emplace_back(strategy.word);
  const std::size_t colon = text.find(':');
  const scenarios::StrategyInfo& strategy = all[parse_word(option, text.substr(0, colon), words)];
  StrategyOption chosen{strategy.kind, {}};
  if (colon == text.npos) return chosen;
  if (strategy.parameter.empty())
    throw InputError(fmt::format("{}: {} takes no number; leave out '{}'", option, strategy.word,
                                 text.substr(colon)));
  chosen.parameter = static_cast<std::uint32_t>(
      parse_number(fmt::format("{} {}:{}", option, strategy.word, upper(strategy.parameter)),
                   text.substr(colon + 1), strategy.least, strategy.most));
  return chosen;
}

std::string strategies_help() {
  Table table({"  strategy", "what it does"});
  for (const scenarios::StrategyInfo& strategy : scenarios::all_strategies()) {
    const bool has_number = !strategy.parameter.empty();
    table.add(
        {"  " + std::string(strategy.word) +
             (has_number ? fmt::format("[:{}]", upper(strategy.parameter)) : ""),
         std::string(strategy.summary) + (has_number ? fmt::format(" [{}]", strategy.usual) : "")});
  }
  const std::string text = table.text(100);
  return "Strategies:\n" + text.substr(text.find('\n') + 1);
}

}  // namespace heddle::cli
