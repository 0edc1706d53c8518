// Pseudo-random numbers with a fixed definition: the same seed gives the same draws on every
// machine and compiler (standard distributions do not promise that).
#pragma once

#include <cstdint>

#include <pcg_random.hpp>

namespace heddle::sim {

/// Mixes a campaign's seed with an execution's number, so that any execution restarts alone.
/// Source: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, figure 16).
constexpr std::uint64_t mix(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t z = seed + 0x9E3779B97F4A7C15ull * (index + 1);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

class Rng {
 public:
  /// Any seed will do. (The engine alone drops the seed's lowest two bits, and the first draw of a
  /// small seed would be 0.)
  explicit Rng(std::uint64_t seed = 0) : engine_(mix(seed, 0)) {}

  /// A draw from 0..bound - 1. The bias is below bound / 2^32 (multiply and shift: Lemire, TOMACS
  /// 2019, without the rejection). @pre bound > 0.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((std::uint64_t{engine_()} * bound) >> 32);
  }
  std::uint32_t bits() { return engine_(); }
  /// The engine's next output without drawing it: equal ends of two runs mean equally many draws.
  std::uint32_t end_state() const {
    auto copy = engine_;
    return copy();
  }

 private:
  pcg32_fast engine_;
};

}  // namespace heddle::sim
