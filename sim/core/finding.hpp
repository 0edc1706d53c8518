// A finding: something wrong with the code under test, as a value. It holds numbers, not text; text
// is made when somebody looks (traces/report).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim/core/ids.hpp"
#include "sim/core/object.hpp"

namespace heddle::sim {

enum class FindingKind : std::uint8_t {
  data_race,
  lock_order,
  wrong_context,
  lock_misuse,
  deadlock,
  hung_task,
  livelock,
  use_after_free,
  double_free,
  out_of_bounds,
  uninitialised,
  leak,
  refcount,
  not_linearizable,
  invariant,
  liveness,
  kernel_assertion,
  crash,
  nondeterminism,
  escape,
  count_
};

inline constexpr std::size_t finding_kind_count = static_cast<std::size_t>(FindingKind::count_);

/// The kind's word as it stands in traces and reports, such as "use_after_free".
std::string_view word(FindingKind kind);
/// One sentence on what the kind means.
std::string_view sentence(FindingKind kind);
/// The inverse of word(). @returns false for a word that is none.
bool finding_kind_from(std::string_view word, FindingKind& kind);

/// One of those who took part.
struct Actor {
  ContextId context = no_context;
  StepIndex step = 0;
  Place place{};          ///< where it did its part
  const char* verb = "";  ///< what it does with the object, third person: "writes", "waits for"
  ObjectId object;        ///< may differ from actor to actor (the cycle of a deadlock)
  const char* how = "";   ///< what is said behind the object: "in a handler"
};

struct Finding {
  static constexpr std::size_t actors_max = 8;

  FindingKind kind = FindingKind::invariant;
  bool fatal = false;  ///< the execution cannot go on after this
  StepIndex step = 0;  ///< the step at which it was seen
  ObjectId object;     ///< what it is about; no_object if nothing in particular
  std::array<Actor, actors_max> actors{};
  std::size_t actor_count = 0;
  const char* detail = "";  ///< static text: what exactly is wrong, without names or numbers
  std::uint64_t number =
      0;  ///< a number that belongs to the detail (an offset, a count); 0 if none

  /// Drops the actor when there are actors_max already.
  void add(const Actor& actor) {
    if (actor_count < actors_max) actors[actor_count++] = actor;
  }
};

}  // namespace heddle::sim
