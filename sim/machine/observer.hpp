// What watches an execution: checkers, recorders, digests. Observers never steer.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "sim/core/archive.hpp"
#include "sim/core/event.hpp"
#include "sim/core/outcome.hpp"

namespace heddle::sim {

class Machine;

/// A set of event kinds.
class EventMask {
 public:
  constexpr EventMask() = default;
  constexpr EventMask(std::initializer_list<EventKind> kinds) {
    for (EventKind kind : kinds) bits_ |= bit(kind);
  }
  static constexpr EventMask all() {
    EventMask mask;
    mask.bits_ = (std::uint64_t{1} << event_kind_count) - 1;
    return mask;
  }
  constexpr bool contains(EventKind kind) const { return (bits_ & bit(kind)) != 0; }
  friend constexpr EventMask operator|(EventMask a, EventMask b) {
    a.bits_ |= b.bits_;
    return a;
  }

 private:
  static constexpr std::uint64_t bit(EventKind kind) {
    return std::uint64_t{1} << static_cast<unsigned>(kind);
  }
  std::uint64_t bits_ = 0;
};

/// Called on the stack of the context that acts, with hooks off. An observer that sees something
/// wrong reports it with Machine::report(); it must neither block nor throw.
class Observer {
 public:
  virtual ~Observer() = default;

  /// Which events it wants; asked once, when it is attached.
  virtual EventMask events() const { return {}; }
  /// Does it want plain and atomic accesses to the arena?
  virtual bool wants_accesses() const { return false; }
  /// Bits of Noted: accesses with one of them it need not be told of. Asked when it is attached.
  virtual std::uint8_t needs_not() const { return 0; }
  /// Does an access that orders (Access::orders) tell it what the event of it would? Then it gets
  /// no such event. Asked when it is attached.
  virtual bool takes_order_from_accesses() const { return false; }

  /// Does what it reports depend on how a state has come about? Then it takes no part in a search
  /// that compares states (Reduction::states), as that does not go all ways to a state.
  virtual bool heeds_past() const { return true; }

  /// A new execution; everything of the last one is forgotten.
  virtual void begin(Machine&) {}
  virtual void event(Machine&, const Event&) {}
  /// Comes before the access is made.
  virtual void access(Machine&, const Access&) {}
  /// memcpy or memmove within, into or out of the arena; comes before the copy, after its accesses.
  virtual void copy(Machine&, std::uintptr_t /*to*/, std::uintptr_t /*from*/,
                    std::size_t /*size*/) {}
  /// Puts what it knows of the running execution into the state that is being saved
  /// (sim/core/archive.hpp). @returns false if it cannot: then each execution runs from its start.
  virtual bool archive(Archive&) { return false; }
  /// Nobody can step, and tasks remain.
  virtual void stuck(Machine&) {}
  /// The execution is over; its state can still be read. May report.
  virtual void end(Machine&, Outcome) {}
};

}  // namespace heddle::sim
