// The states that a search has met.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "sim/core/check.hpp"
#include "sim/core/state_hash.hpp"

namespace heddle::sim {

/// Open addressing, 16 bytes a state, at most four in five places taken. Full with states_max: from
/// then on it adds none, so that a search goes on, but is told of fewer states again.
class StateSet {
 public:
  static constexpr std::size_t states_max = (std::size_t{1} << 24) / 5 * 4;

  explicit StateSet(std::pmr::memory_resource& memory) : places_(&memory) {}

  /// @returns whether it was there before. Cost O(1), on average over many.
  bool add(StateHash state) {
    if (state == empty) state.low = 1;
    if (5 * (size_ + 1) > 4 * places_.size()) grow();
    StateHash& place = find(places_, state);
    if (place == state) return true;
    if (size_ == states_max) return false;
    place = state;
    ++size_;
    return false;
  }
  std::size_t size() const { return size_; }

 private:
  using Places = std::pmr::vector<StateHash>;
  static constexpr StateHash empty{};
  static constexpr std::size_t places_min = 1'024;

  static StateHash& find(Places& places, const StateHash& state) {
    std::size_t at = state.low & (places.size() - 1);
    while (places[at] != empty && places[at] != state) at = (at + 1) & (places.size() - 1);
    return places[at];
  }
  void grow() {
    if (size_ == states_max) return;
    Places places(places_.empty() ? places_min : 2 * places_.size(), places_.get_allocator());
    for (const StateHash& state : places_)
      if (state != empty) find(places, state) = state;
    places_.swap(places);
  }

  Places places_;
  std::size_t size_ = 0;
};

}  // namespace heddle::sim
