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

bool is_same_name(std::string_view a, std::string_view b) {
  constexpr std::string_view first = ".1";
  if (a.ends_with(first)) a.remove_suffix(first.size());
  if (b.ends_with(first)) b.remove_suffix(first.size());
  return a == b;
}

Divergence divergence(const Trace& a, const Trace& b) {
  Divergence result;
  const auto same = [](const Choice& x, const Choice& y) {
    Choice other = y;
    if (is_same_name(x.context, y.context)) other.context = x.context;
    if (is_same_name(x.object, y.object)) other.object = x.object;
    return x == other;
  };
  const auto [first, second] =
      std::mismatch(a.choices.begin(), a.choices.end(), b.choices.begin(), b.choices.end(), same);
  result.common = static_cast<std::size_t>(first - a.choices.begin());
  result.is_none = first == a.choices.end() && second == b.choices.end();
  if (result.is_none) return result;
  result.first = first == a.choices.end() ? "the end" : choice_text(*first);
  result.second = second == b.choices.end() ? "the end" : choice_text(*second);
  return result;
}

}  // namespace heddle::traces
