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
  static Entries max(Entries a, Entries b) { return a > b ? a : b; }
};

}  // namespace heddle::sim
