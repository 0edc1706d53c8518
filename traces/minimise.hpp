// Makes the schedule of a finding smaller: the same finding with fewer faults (of allocations,
// messages, hosts), interrupts, preemptions, switches and steps. Works through a function that
// tries a schedule, so it knows no scenario.
//
// Greedy passes over the runs of a schedule (who steps, how often on end), until none of them
// helps: lower values towards 0; let a context go last; cut the end off; leave runs out; move a run
// past its neighbours, or to the next one of its context; move steps from a run to another. Where
// they are through, schedules with fewer preemptions than the best are searched: first those with
// none, those that differ in one choice from an execution that is left to itself, in two, in three;
// then those with one, and so on. It ends at a minimum that none of this can improve, which is not
// always the least of all. After a success it goes on with the execution that the edit led to, not
// with the edit.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "traces/schedule.hpp"

namespace heddle::traces {

/// An execution that was tried.
struct Tried {
  bool same = false;       ///< the finding came again
  Schedule made;           ///< what was really chosen
  std::vector<Open> open;  ///< by index in made.order
  Cost cost;
};

/// Executes a schedule leniently (LenientChooser). Equal schedules lead to equal results.
using TrySchedule = std::function<Tried(const Schedule&)>;

struct Minimised {
  Tried best;  ///< costs no more than the start
  std::uint64_t attempts = 0;
  bool complete = false;  ///< no edit helps any more; else: it was told to stop
};

/// Asked before each attempt, with what was reached so far. @returns whether to go on.
using GoOn = std::function<bool(const Minimised& so_far)>;

/// @param start  the execution to begin with. @pre start.same.
/// Cost: executions: some 20 for each run of the schedule are usual, and at most
/// `minimise_search_max` for each number of preemptions below that of the result.
Minimised minimise(Tried start, const TrySchedule& attempt, const GoOn& go_on);
inline constexpr std::uint64_t minimise_search_max = 2'000;

}  // namespace heddle::traces
