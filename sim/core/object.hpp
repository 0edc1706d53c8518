// What operations act on. An object is a word of simulated memory (a lock, an atomic, a variable)
// or something that only the machine has: a CPU's exclusivity, a budget, a context's life.
#pragma once

#include <compare>
#include <cstdint>

namespace heddle::sim {

enum class ObjectClass : std::uint8_t {
  memory = 0,  ///< payload: the address, inside the arena
  cpu,         ///< payload: the CPU; who may run there
  budget,      ///< payload: which budget (see BudgetId)
  context,     ///< payload: the context; its end, its wake-up
  gate,        ///< payload: CPU * 8 + Level; whether others of that level may run there
  residents,   ///< payload: the CPU; how many contexts live there
  raised,      ///< payload: the context of an interrupt source; the landings that are due
  world,       ///< payload: see WorldPart
  sleep,       ///< payload: context << 32 | which of its sleeps; a gate that is opened once
  signals,     ///< payload: the context; which signals are pending for it
  mailbox,     ///< payload: its address; a gate that is closed while no message lies there
  host,        ///< payload: the host; whether it is up
  link,        ///< payload: sender << 8 | receiver; whether messages pass
  none = 0xFF
};

/// What there is one of in a world.
enum class WorldPart : std::uint8_t {
  contexts,           ///< their numbering
  lives,              ///< how many contexts have not ended: with the last one the execution ends
  allocation_faults,  ///< how many are left
  clock,              ///< virtual time
  message_faults,     ///< how many messages may still be lost, duplicated or overtaken
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
constexpr ObjectId world_part(WorldPart part) {
  return ObjectId::of(ObjectClass::world, static_cast<std::uint64_t>(part));
}

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
