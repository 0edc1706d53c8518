#include "checkers/digest.hpp"

#include <array>

#include <xxhash.h>

namespace heddle::checkers {
namespace {

/// Addresses of a process lie below 2^48 and, but for the arena, far above 2^40.
std::uint64_t without_foreign_address(std::uint64_t bits) {
  constexpr std::uint64_t some_address = std::uint64_t{1} << 40;
  constexpr std::uint64_t end = std::uint64_t{1} << 48;
  if (bits < some_address || bits >= end || sim::arena_layout::contains(bits)) return bits;
  return some_address;
}

}  // namespace

void Digest::event(sim::Machine&, const sim::Event& event) {
  const std::array<std::uint64_t, 4> words = {
      static_cast<std::uint64_t>(event.kind) | std::uint64_t{event.context.value} << 16 |
          std::uint64_t{event.cpu.value} << 32,
      event.step, without_foreign_address(event.object.bits), without_foreign_address(event.value)};
  hash_ = XXH3_64bits_withSeed(words.data(), sizeof words, hash_);
}

}  // namespace heddle::checkers
