// Makes the schedule of a finding smaller: the same finding with fewer faults, preemptions,
// switches and steps. Works through a function that tries a schedule, so it knows no scenario.
//
// Greedy passes over the runs of a schedule (who steps, how often on end), until none of them
// helps: cut the end off; leave a run out; move a run past its neighbours; move steps from a run to
// the next one of the same context; lower values towards 0; try what has a single preemption. It
// finds a minimum that none of these edits can improve, which is not always the least of all. After
// a success it goes on with the execution that the edit led to, not with the edit.
#pragma once

#include <cstdint>
#include <functional>

#include "traces/schedule.hpp"

namespace heddle::traces {

/// An execution that was tried.
struct Tried {
  bool same = false;  ///< the finding came again
  Schedule made;      ///< what was really chosen
  Cost cost;
};

/// Executes a schedule leniently (LenientChooser). Equal schedules lead to equal results.
using TrySchedule = std::function<Tried(const Schedule&)>;

struct Minimised {
  Tried best;  ///< costs no more than the start
  std::uint64_t attempts = 0;
  bool complete = false;  ///< no edit helps any more; else: the attempts ran out
};

/// @param start  the execution to begin with. @pre start.same.
/// Cost: at most `attempts_max` executions; some 20 for each run of the schedule are usual.
Minimised minimise(Tried start, const TrySchedule& attempt, std::uint64_t attempts_max);

}  // namespace heddle::traces
