// Vector clocks over the contexts of one execution: fixed rows, of which the part in use (a
// multiple of eight entries) is worked on by loops that the compiler turns into vector
// instructions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "sim/core/ids.hpp"

namespace heddle::checkers {

/// Entry c: up to which of its own times context c is known to have come before.
struct alignas(64) VectorClock {
  static constexpr std::size_t block = 8;
  static_assert(sim::contexts_max % block == 0);

  std::uint32_t at[sim::contexts_max];
};

/// The entries to work on when there are `contexts`.
constexpr std::size_t clock_width(std::size_t contexts) {
  return (contexts + VectorClock::block - 1) / VectorClock::block * VectorClock::block;
}

/// @pre width is a multiple of VectorClock::block; so for the functions below.
inline void clear(VectorClock& clock, std::size_t from, std::size_t width) {
  std::fill(clock.at + from, clock.at + width, 0u);
}

inline void assign(VectorClock& to, const VectorClock& from, std::size_t width) {
  for (std::size_t i = 0; i < width; i += VectorClock::block)
    for (std::size_t j = i; j < i + VectorClock::block; ++j) to.at[j] = from.at[j];
}

/// to := the least clock that is at least both.
inline void join(VectorClock& to, const VectorClock& from, std::size_t width) {
  for (std::size_t i = 0; i < width; i += VectorClock::block)
    for (std::size_t j = i; j < i + VectorClock::block; ++j)
      to.at[j] = std::max(to.at[j], from.at[j]);
}

}  // namespace heddle::checkers
