// Vector clocks over the contexts of one execution: fixed rows, of which the part in use (a
// multiple of four entries) is worked on by vector instructions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sim/core/ids.hpp"

namespace heddle::checkers {

/// Entry c: up to which of its own times context c is known to have come before.
struct alignas(64) VectorClock {
  static constexpr std::size_t block = 4;
  static_assert(sim::contexts_max % block == 0);

  std::uint32_t at[sim::contexts_max];
};

/// A block of entries. As a type of its own, since compilers fear that two clocks overlap.
struct ClockBlock {
  using Entries [[gnu::vector_size(VectorClock::block * sizeof(std::uint32_t))]] = std::uint32_t;

  static Entries load(const std::uint32_t* at) {
    Entries entries;
    std::memcpy(&entries, at, sizeof entries);
    return entries;
  }
  static void store(std::uint32_t* at, Entries entries) {
    std::memcpy(at, &entries, sizeof entries);
  }
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
    ClockBlock::store(to.at + i, a > b ? a : b);
  }
}

}  // namespace heddle::checkers
