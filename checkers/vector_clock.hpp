// Vector clocks over the contexts of one execution: fixed rows, of which the part in use (a
// multiple of four entries) is worked on by vector instructions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/core/clock_block.hpp"
#include "sim/core/ids.hpp"

namespace heddle::checkers {

using sim::ClockBlock;

/// Entry c: up to which of its own times context c is known to have come before.
struct alignas(64) VectorClock {
  static constexpr std::size_t block = ClockBlock::size;
  static_assert(sim::contexts_max % block == 0);

  std::uint32_t at[sim::contexts_max];
};

/// The entries to work on when there are `contexts`.
constexpr std::size_t clock_width(std::size_t contexts) {
  return (contexts + VectorClock::block - 1) / VectorClock::block * VectorClock::block;
}

/// @pre width is a multiple of VectorClock::block; so for the functions below.
inline void clear(VectorClock& clock, std::size_t from, std::size_t width) {
  for (std::size_t i = from; i < width; i += VectorClock::block)
    ClockBlock::store(clock.at + i, ClockBlock::Entries{});
}

inline void assign(VectorClock& to, const VectorClock& from, std::size_t width) {
  for (std::size_t i = 0; i < width; i += VectorClock::block)
    ClockBlock::store(to.at + i, ClockBlock::load(from.at + i));
}

/// to := the least clock that is at least both.
inline void join(VectorClock& to, const VectorClock& from, std::size_t width) {
  for (std::size_t i = 0; i < width; i += VectorClock::block) {
    const ClockBlock::Entries a = ClockBlock::load(to.at + i);
    const ClockBlock::Entries b = ClockBlock::load(from.at + i);
    ClockBlock::store(to.at + i, ClockBlock::max(a, b));
  }
}

}  // namespace heddle::checkers
