// Entries of a vector clock, as many as a vector instruction works on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace heddle::sim {

/// A type of its own, since compilers fear that two clocks overlap, and take loops over their
/// entries apart.
struct ClockBlock {
  static constexpr std::size_t size = 4;
  using Entries [[gnu::vector_size(size * sizeof(std::uint32_t))]] = std::uint32_t;

  static Entries load(const std::uint32_t* at) {
    Entries entries;
    std::memcpy(&entries, at, sizeof entries);
    return entries;
  }
  static void store(std::uint32_t* at, Entries entries) {
    std::memcpy(at, &entries, sizeof entries);
  }
};

/// Each of the first `width` entries becomes the greater one of the two.
/// @pre width is a multiple of ClockBlock::size.
inline void join(std::uint32_t* to, const std::uint32_t* from, std::size_t width) {
  for (std::size_t i = 0; i < width; i += ClockBlock::size) {
    const ClockBlock::Entries a = ClockBlock::load(to + i);
    const ClockBlock::Entries b = ClockBlock::load(from + i);
    ClockBlock::store(to + i, a > b ? a : b);
  }
}

/// The entries to work on when there are `contexts`.
constexpr std::size_t clock_width(std::size_t contexts) {
  return (contexts + ClockBlock::size - 1) / ClockBlock::size * ClockBlock::size;
}

}  // namespace heddle::sim
