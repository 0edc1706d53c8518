// All checkers together, as campaigns attach them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "checkers/assertion.hpp"
#include "checkers/atomic_context.hpp"
#include "checkers/deadlock.hpp"
#include "checkers/heap.hpp"
#include "checkers/invariant.hpp"
#include "checkers/leak.hpp"
#include "checkers/lock_misuse.hpp"
#include "checkers/lock_order.hpp"
#include "checkers/race.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::checkers {

/// One of each checker. Outlives the machine that it is attached to, or is detached before it goes.
class CheckerSet {
 public:
  static constexpr std::array<std::string_view, 9> names = {
      "assertion", "atomic_context", "deadlock",   "heap", "invariant",
      "leak",      "lock_misuse",    "lock_order", "race"};

  CheckerSet() = default;
  CheckerSet(const CheckerSet&) = delete;
  CheckerSet& operator=(const CheckerSet&) = delete;

  /// Takes the checker of this name out of what attach_to() attaches. @returns *this.
  /// Errors: a name that is none ends the process (HEDDLE_CHECK).
  CheckerSet& without(std::string_view name);

  /// See Observer::heeds_past(). Errors: as of without().
  bool heeds_past(std::string_view name) const;

  /// Attaches those that were not taken out, in the order of `names`.
  void attach_to(sim::Machine& machine);

  RaceChecker& race() { return race_; }

 private:
  static std::size_t index_of(std::string_view name);

  AssertionChecker assertion_;
  AtomicContextChecker atomic_context_;
  DeadlockChecker deadlock_;
  HeapChecker heap_;
  InvariantChecker invariant_;
  LeakChecker leak_;
  LockMisuseChecker lock_misuse_;
  LockOrderChecker lock_order_;
  RaceChecker race_;
  std::array<sim::Observer*, names.size()> checkers_ = {  // in the order of `names`
      &assertion_, &atomic_context_, &deadlock_,   &heap_, &invariant_,
      &leak_,      &lock_misuse_,    &lock_order_, &race_};
};

}  // namespace heddle::checkers
