// What a preemption bound counts.
//
// Source: Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007, section 2; a context that
// yields is not preempted (Abdulla et al. on bounded search count so too). Deviation: interrupts.
#pragma once

#include <cstdint>
#include <limits>

#include "sim/choice/choice.hpp"

namespace heddle::sim {

inline constexpr std::uint32_t no_preemption_bound = std::numeric_limits<std::uint32_t>::max();

/// Could the context that took the last step go on by itself? Not if it has ended or waits, nor if
/// it offers its CPU (yield), nor if it is a handler that has returned and would land once more.
inline bool last_could_go_on(const SchedulePoint& point) {
  if (!point.last_is_enabled()) return false;
  const EventKind next = point.operation(point.last).kind;
  return next != EventKind::yield && next != EventKind::interrupt;
}

/// The choices that cost no preemption; never empty. The others cost one each:
/// - choosing another context where the last one could go on;
/// - landing an interrupt where anything else could be chosen, whoever is interrupted.
inline ContextSet free_of_preemption(const SchedulePoint& point) {
  if (last_could_go_on(point)) return ContextSet{point.last};
  ContextSet free;
  for (ContextSet rest = point.enabled; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    if (point.operation(id).kind != EventKind::interrupt) free.add(id);
  }
  return free.empty() ? point.enabled : free;
}

}  // namespace heddle::sim
