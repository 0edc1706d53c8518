// Which configurations a search for a linearization has been in: the set of calls that have taken
// effect, and the state that they led to. A configuration that was left without success need not be
// entered again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/rng.hpp"

namespace heddle::checkers {

/// Compares exactly; hashes only find the place.
template <class State>
class LinearizationMemo {
 public:
  /// Forgets everything; there are `calls` calls now, and none has taken effect.
  void begin(std::size_t calls) {
    words_ = (calls + 63) / 64;
    taken_.assign(words_, 0);
    hash_ = 0;
    states_.clear();
    sets_.clear();
    slots_.assign(slots_.size(), empty);
  }

  void add(std::uint32_t call) { flip(call); }
  void remove(std::uint32_t call) { flip(call); }

  /// @returns whether the present set has not been seen with this state, and remembers it.
  bool visit(const State& state, std::uint64_t state_hash) {
    if (2 * (states_.size() + 1) > slots_.size()) grow();
    const std::uint64_t hash = sim::mix(hash_, state_hash);
    std::size_t& slot = slot_of(hash, state);
    if (slot != empty) return false;
    slot = states_.size();
    states_.push_back({hash, state});
    sets_.insert(sets_.end(), taken_.begin(), taken_.end());
    return true;
  }

  /// How many configurations are known.
  std::size_t size() const { return states_.size(); }

 private:
  static constexpr std::size_t empty = ~std::size_t{0};
  struct Known {
    std::uint64_t hash;
    State state;
  };

  void flip(std::uint32_t call) {
    taken_[call / 64] ^= std::uint64_t{1} << (call % 64);
    hash_ ^= sim::mix(0x6C696E, call);  // Zobrist: equal sets hash equally, whatever their order
  }

  bool is_at(std::size_t index, std::uint64_t hash, const State& state) const {
    if (states_[index].hash != hash || !(states_[index].state == state)) return false;
    for (std::size_t w = 0; w < words_; ++w)
      if (sets_[index * words_ + w] != taken_[w]) return false;
    return true;
  }

  std::size_t& slot_of(std::uint64_t hash, const State& state) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at] != empty && !is_at(slots_[at], hash, state)) at = (at + 1) & mask;
    return slots_[at];
  }

  void grow() {
    slots_.assign(slots_.empty() ? 256 : 2 * slots_.size(), empty);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      std::size_t at = states_[i].hash & mask;
      while (slots_[at] != empty) at = (at + 1) & mask;
      slots_[at] = i;
    }
  }

  std::size_t words_ = 0;
  std::vector<std::uint64_t> taken_;
  std::uint64_t hash_ = 0;
  std::vector<Known> states_;
  std::vector<std::uint64_t> sets_;  // words_ for each of states_
  std::vector<std::size_t> slots_;   // a power of two; indices of states_
};

}  // namespace heddle::checkers
