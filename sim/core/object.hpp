// What operations act on. An object is a word of simulated memory (a lock, an atomic, a variable) or
// something that only the machine has: a CPU's exclusivity, a budget, a context's life.
#pragma once

#include <compare>
#include <cstdint>

namespace heddle::sim {

enum class ObjectClass : std::uint8_t {
  memory = 0,  ///< payload: the address, inside the arena
  cpu,         ///< payload: the CPU; who may run there
  budget,      ///< payload: which budget (see BudgetId)
  context,     ///< payload: the context; its end, its wake-up
  none = 0xFF
};

/// Stable within an execution, and equal in two executions that made the same choices so far.
struct ObjectId {
  std::uint64_t bits = ~std::uint64_t{0};

  static constexpr ObjectId memory(std::uintptr_t address) { return ObjectId{address}; }
  static constexpr ObjectId of(ObjectClass cls, std::uint64_t payload) {
    return ObjectId{(std::uint64_t{static_cast<std::uint8_t>(cls)} << 56) | payload};
  }
  constexpr ObjectClass cls() const { return static_cast<ObjectClass>(bits >> 56); }
  constexpr std::uint64_t payload() const { return bits & ((std::uint64_t{1} << 56) - 1); }
  friend constexpr auto operator<=>(ObjectId, ObjectId) = default;
};

inline constexpr ObjectId no_object{};

/// How a step uses an object. Two steps depend on each other when they share an object and one of
/// them writes it.
enum class Mode : std::uint8_t { read, write };

/// A place in the code under test: a return address, turned into file, line and function only when
/// somebody looks (traces/places).
struct Place {
  std::uintptr_t pc = 0;
  friend constexpr auto operator<=>(Place, Place) = default;
};

}  // namespace heddle::sim
