#include "traces/divergence.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace heddle::traces {

std::string choice_text(const Choice& choice) {
  if (choice.reason != sim::Reason::schedule)
    return fmt::format("the choice of {} {} of {}", word(choice.reason), choice.value,
                       choice.arity);
  return fmt::format("{} {}{}{}", choice.context, word(choice.kind),
                     choice.object.empty() ? "" : " ", choice.object);
}

Divergence divergence(const Trace& a, const Trace& b) {
  Divergence result;
  const auto [first, second] =
      std::mismatch(a.choices.begin(), a.choices.end(), b.choices.begin(), b.choices.end());
  result.common = static_cast<std::size_t>(first - a.choices.begin());
  result.is_none = first == a.choices.end() && second == b.choices.end();
  if (result.is_none) return result;
  result.first = first == a.choices.end() ? "the end" : choice_text(*first);
  result.second = second == b.choices.end() ? "the end" : choice_text(*second);
  return result;
}

}  // namespace heddle::traces
