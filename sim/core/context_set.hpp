// A set of contexts as a few machine words: the scheduler's working type.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "sim/core/ids.hpp"

namespace heddle::sim {

/// A set of ContextIds below contexts_max; iteration is in increasing order. All operations O(1).
class ContextSet {
 public:
  constexpr ContextSet() = default;
  constexpr explicit ContextSet(ContextId id) { add(id); }

  constexpr bool empty() const {
    std::uint64_t any = 0;
    for (const std::uint64_t word : words_) any |= word;
    return any == 0;
  }
  constexpr std::uint32_t count() const {
    std::uint32_t count = 0;
    for (const std::uint64_t word : words_) count += ones(word);
    return count;
  }
  constexpr bool contains(ContextId id) const { return (words_[index(id)] & bit(id)) != 0; }
  constexpr void add(ContextId id) { words_[index(id)] |= bit(id); }
  constexpr void remove(ContextId id) { words_[index(id)] &= ~bit(id); }

  /// The least member. @pre not empty.
  constexpr ContextId first() const {
    std::size_t i = 0;
    while (i + 1 < word_count && words_[i] == 0) ++i;
    return at(i, words_[i]);
  }
  /// The member with `n` smaller members. @pre n < count(). Cost O(n).
  constexpr ContextId nth(std::uint32_t n) const {
    std::size_t i = 0;
    for (; i + 1 < word_count && ones(words_[i]) <= n; ++i) n -= ones(words_[i]);
    std::uint64_t rest = words_[i];
    for (; n != 0; --n) rest &= rest - 1;
    return at(i, rest);
  }
  /// How many members are smaller than `id`.
  constexpr std::uint32_t rank(ContextId id) const {
    std::uint32_t rank = ones(words_[index(id)] & (bit(id) - 1));
    for (std::size_t i = 0; i < index(id); ++i) rank += ones(words_[i]);
    return rank;
  }
  /// The members that are greater than `id`.
  constexpr ContextSet after(ContextId id) const {
    ContextSet set = *this;
    for (std::size_t i = 0; i < index(id); ++i) set.words_[i] = 0;
    set.words_[index(id)] &= ~(bit(id) | (bit(id) - 1));
    return set;
  }

  friend constexpr ContextSet operator&(ContextSet a, ContextSet b) {
    for (std::size_t i = 0; i < word_count; ++i) a.words_[i] &= b.words_[i];
    return a;
  }
  friend constexpr ContextSet operator|(ContextSet a, ContextSet b) {
    for (std::size_t i = 0; i < word_count; ++i) a.words_[i] |= b.words_[i];
    return a;
  }
  friend constexpr ContextSet operator-(ContextSet a, ContextSet b) {
    for (std::size_t i = 0; i < word_count; ++i) a.words_[i] &= ~b.words_[i];
    return a;
  }
  friend constexpr bool operator==(ContextSet, ContextSet) = default;

 private:
  static constexpr std::size_t word_count = contexts_max / 64;
  static_assert(contexts_max % 64 == 0);

  static constexpr std::size_t index(ContextId id) { return word_count == 1 ? 0 : id.value / 64; }
  static constexpr std::uint64_t bit(ContextId id) { return std::uint64_t{1} << id.value % 64; }
  static constexpr std::uint32_t ones(std::uint64_t word) {
    return static_cast<std::uint32_t>(std::popcount(word));
  }
  static constexpr ContextId at(std::size_t index, std::uint64_t word) {
    if (word == 0) __builtin_unreachable();
    return ContextId{static_cast<std::uint16_t>(64 * index + std::countr_zero(word))};
  }

  std::array<std::uint64_t, word_count> words_{};
};

}  // namespace heddle::sim
