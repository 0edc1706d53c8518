// What a value must be for a context to go on that waits in a loop.
#pragma once

#include <cstdint>

namespace heddle::sim {

/// The bits of `mask` are those of `value`; or, where not `equal`, are not. By itself it holds for
/// everything.
struct Condition {
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
  bool equal = true;

  constexpr bool holds(std::uint64_t found) const { return ((found & mask) == value) == equal; }
  constexpr bool always_holds() const { return mask == 0; }
};

}  // namespace heddle::sim
