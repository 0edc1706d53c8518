// Where two traces of one scenario part.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "traces/trace.hpp"

namespace heddle::traces {

struct Divergence {
  std::size_t common = 0;  ///< how many choices are the same, from the first on
  bool is_none = false;    ///< all of them are, and there are no more
  /// What each chooses next: "adder.2 lock x", "the choice of allocation 1 of 2", "the end"; "" if
  /// they do not part.
  std::string first;
  std::string second;
};

/// Compares choices, with what they were made at; nothing is executed. Cost O(choices).
Divergence divergence(const Trace& a, const Trace& b);

/// Can both names mean the same context, or an object of its, in two executions of a scenario? The
/// first context of a name has a number ("client.1") only where a second one comes later.
bool is_same_name(std::string_view a, std::string_view b);

/// A choice in words, as Divergence has it.
std::string choice_text(const Choice& choice);

}  // namespace heddle::traces
