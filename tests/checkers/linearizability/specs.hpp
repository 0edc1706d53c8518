// Small sequential specifications to test with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "sim/core/rng.hpp"

namespace heddle::tests {

/// A few registers that begin at 0: read, write, and compare-and-swap.
struct Registers {
  enum class Kind : std::uint8_t { read, write, swap };
  struct Operation {
    Kind kind = Kind::read;
    std::uint8_t key = 0;
    std::uint8_t expected = 0;  ///< of a swap
    std::uint8_t value = 0;     ///< written, or put in place
    std::uint8_t result = 0;    ///< read: the value; swap: 1 if it was done
  };
  using State = std::array<std::uint8_t, 4>;

  State initial() const { return {}; }
  std::uint64_t hash(const State& state) const {
    std::uint64_t bits = 0;
    for (const std::uint8_t value : state) bits = bits << 8 | value;
    return sim::mix(bits, 1);
  }
  std::optional<State> next(const State& state, const Operation& operation, bool has_returned,
                            unsigned way) const {
    if (way != 0) return {};
    State after = state;
    std::uint8_t& value = after[operation.key];
    std::uint8_t result = value;
    if (operation.kind == Kind::swap) result = value == operation.expected ? 1 : 0;
    if (operation.kind == Kind::write || (operation.kind == Kind::swap && result == 1))
      value = operation.value;
    if (has_returned && operation.kind != Kind::write && operation.result != result) return {};
    return after;
  }
};

/// The same, one register at a time, and told what only reads.
struct RegistersByKey : Registers {
  bool is_read(const Operation& operation) const {
    return operation.kind == Kind::read || (operation.kind == Kind::swap && operation.result == 0);
  }
  std::uint64_t part(const Operation& operation) const { return operation.key; }
};

/// A bag that hands out any of its members: what it does is not determined by its state.
struct Bag {
  struct Operation {
    bool takes = false;
    std::uint8_t value = 0;  ///< put, or taken; 255: there was none to take
  };
  static constexpr std::uint8_t none = 255;
  using State = std::array<std::uint8_t, 3>;  // how often each value is there

  State initial() const { return {}; }
  std::uint64_t hash(const State& state) const {
    return sim::mix(state[0] | state[1] << 8U | state[2] << 16U, 2);
  }
  std::optional<State> next(const State& state, const Operation& operation, bool has_returned,
                            unsigned way) const {
    State after = state;
    if (!operation.takes) {
      ++after[operation.value];
      return way == 0 ? std::optional(after) : std::nullopt;
    }
    // The ways: each value that is there; nothing, if there is none.
    for (std::uint8_t value = 0; value < state.size(); ++value) {
      if (state[value] == 0 || (has_returned && operation.value != value)) continue;
      if (way-- != 0) continue;
      --after[value];
      return after;
    }
    const bool is_empty = state == State{};
    if (!is_empty || (has_returned && operation.value != none)) return {};
    return way == 0 ? std::optional(after) : std::nullopt;
  }
};

}  // namespace heddle::tests
