// What a step touched, in two words: whether two steps cannot depend on each other is mostly seen
// from these alone.
//
// Source: Ceze, Tuck, Torrellas and Cascaval, "Bulk disambiguation of speculative threads in
// multiprocessors", ISCA 2006, section 3; Bloom, "Space/time trade-offs in hash coding with
// allowable errors", 1970.
#pragma once

#include <cstdint>

#include "sim/choice/footprint.hpp"

namespace heddle::sim {

/// Adds commute with each other: they only change, so that what they conflict with is what reads or
/// writes, which both observe.
struct Marks {
  std::uint64_t observed = 0;
  std::uint64_t changed = 0;

  /// As if everything was written.
  static constexpr Marks all() { return {~std::uint64_t{0}, ~std::uint64_t{0}}; }
  /// @returns false only if no touch of the one conflicts with any of the other.
  constexpr bool may_conflict(const Marks& other) const {
    return ((changed & other.observed) | (observed & other.changed)) != 0;
  }
};

struct Signature : Marks {
  bool takes_a_host_down = false;
  /// Any step may turn out to concern this one: by being refused memory, waking, signalling, ...
  bool meets_anybody = false;

  /// Stands for the object among others; several have the same.
  static constexpr std::uint64_t mark(std::uint64_t object) {
    return std::uint64_t{1} << ((object * 0x9E3779B97F4A7C15u) >> 58);
  }
  constexpr void add(const Touch& touch) {
    const std::uint64_t touched = marks(touch);
    if (!touch.adds) observed |= touched;
    if (touch.writes) changed |= touched;
    switch (const ObjectId object{touch.first}; object.cls()) {
      case ObjectClass::host:
        takes_a_host_down = takes_a_host_down || touch.writes;
        [[fallthrough]];
      case ObjectClass::raised:
      case ObjectClass::signals:
      case ObjectClass::sleep:
      case ObjectClass::link:
        meets_anybody = true;
        break;
      case ObjectClass::world:
        meets_anybody = meets_anybody || object == world_part(WorldPart::allocation_faults) ||
                        object == world_part(WorldPart::clock) ||
                        object == world_part(WorldPart::message_faults) ||
                        (object == world_part(WorldPart::lives) && !touch.adds);
        break;
      default:
        break;
    }
  }
  static constexpr Signature of(const Touch* begin, const Touch* end) {
    Signature signature;
    for (; begin != end; ++begin) signature.add(*begin);
    return signature;
  }
  /// @returns false only if no touch is of this object, which is none of memory.
  constexpr bool may_touch(ObjectId object) const {
    return ((observed | changed) & mark(object.bits)) != 0;
  }

 private:
  static constexpr std::uint64_t marks(const Touch& touch) {
    constexpr std::uint64_t all = ~std::uint64_t{0};
    if (ObjectId{touch.first}.cls() != ObjectClass::memory)
      return touch.size == 1 ? mark(touch.first) : all;
    const std::uint64_t word = touch.first / 8;
    const std::uint64_t last = (touch.first + touch.size - 1) / 8;
    return word == last ? mark(word) : word + 1 == last ? mark(word) | mark(last) : all;
  }
};

}  // namespace heddle::sim
