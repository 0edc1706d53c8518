// A set of contexts as one machine word: the scheduler's working type.
#pragma once

#include <bit>
#include <cstdint>

#include "sim/core/ids.hpp"

namespace heddle::sim {

/// A set of ContextIds below contexts_max; iteration is in increasing order. All operations O(1).
class ContextSet {
 public:
  constexpr ContextSet() = default;
  constexpr explicit ContextSet(ContextId id) : bits_(bit(id)) {}

  constexpr bool empty() const { return bits_ == 0; }
  constexpr std::uint32_t count() const { return static_cast<std::uint32_t>(std::popcount(bits_)); }
  constexpr bool contains(ContextId id) const { return (bits_ & bit(id)) != 0; }
  constexpr void add(ContextId id) { bits_ |= bit(id); }
  constexpr void remove(ContextId id) { bits_ &= ~bit(id); }
  constexpr std::uint64_t bits() const { return bits_; }

  /// The least member. @pre not empty.
  constexpr ContextId first() const {
    return ContextId{static_cast<std::uint16_t>(std::countr_zero(bits_))};
  }
  /// The member with `n` smaller members. @pre n < count(). Cost O(n).
  constexpr ContextId nth(std::uint32_t n) const {
    std::uint64_t rest = bits_;
    for (; n != 0; --n) rest &= rest - 1;
    return ContextId{static_cast<std::uint16_t>(std::countr_zero(rest))};
  }
  /// How many members are smaller than `id`.
  constexpr std::uint32_t rank(ContextId id) const {
    return static_cast<std::uint32_t>(std::popcount(bits_ & (bit(id) - 1)));
  }

  friend constexpr ContextSet operator&(ContextSet a, ContextSet b) {
    return from(a.bits_ & b.bits_);
  }
  friend constexpr ContextSet operator|(ContextSet a, ContextSet b) {
    return from(a.bits_ | b.bits_);
  }
  friend constexpr ContextSet operator-(ContextSet a, ContextSet b) {
    return from(a.bits_ & ~b.bits_);
  }
  friend constexpr bool operator==(ContextSet, ContextSet) = default;
  static constexpr ContextSet from(std::uint64_t bits) {
    ContextSet set;
    set.bits_ = bits;
    return set;
  }

 private:
  static constexpr std::uint64_t bit(ContextId id) { return std::uint64_t{1} << id.value; }
  std::uint64_t bits_ = 0;
};

static_assert(contexts_max <= 64, "a ContextSet is one 64-bit word");

}  // namespace heddle::sim
