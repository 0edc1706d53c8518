// Vector clocks over the contexts of one execution: fixed rows, of which the part in use (a
// multiple of four entries) is worked on by vector instructions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/core/clock_block.hpp"
#include "sim/core/ids.hpp"

namespace heddle::checkers {

using sim::clock_width;
using sim::ClockBlock;

/// Entry c: up to which of its own times context c is known to have come before.
struct alignas(64) VectorClock {
  static_assert(sim::contexts_max % ClockBlock::size == 0);

  std::uint32_t at[sim::contexts_max];
};

/// @pre width is a multiple of ClockBlock::size; so for the functions below.
inline void clear(VectorClock& clock, std::size_t from, std::size_t width) {
  for (std::size_t i = from; i < width; i += ClockBlock::size)
    ClockBlock::store(clock.at + i, ClockBlock::Entries{});
}

inline void assign(VectorClock& to, const VectorClock& from, std::size_t width) {
  for (std::size_t i = 0; i < width; i += ClockBlock::size)
    ClockBlock::store(to.at + i, ClockBlock::load(from.at + i));
}

/// to := the least clock that is at least both.
inline void join(VectorClock& to, const VectorClock& from, std::size_t width) {
  sim::join(to.at, from.at, width);
}

}  // namespace heddle::checkers
