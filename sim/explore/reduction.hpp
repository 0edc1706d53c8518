// Which ways out of a state must be taken at all. Executions that only differ in the order of
// independent steps are equivalent (one Mazurkiewicz trace); a reduction spares some or all of the
// equivalent ones. It is independent of the order in which ways are taken.
#pragma once

#include "sim/choice/choice.hpp"
#include "sim/core/outcome.hpp"
#include "sim/explore/path.hpp"

namespace heddle::sim {

/// Told of a depth-first search as it goes. Frames of other reasons than Reason::schedule branch into
/// every way and are on the path only so that it is complete.
class Reduction {
 public:
  virtual ~Reduction() = default;

  /// path.back() is a state seen for the first time, with enabled and within filled in.
  /// @returns the ways that must be taken as far as is known now, a subset of within; end() may add
  /// others. Empty: all that is behind this state was explored elsewhere (every enabled context
  /// sleeps), and the execution is given up as redundant.
  virtual ContextSet enter(const Path& path, const SchedulePoint& point) = 0;

  /// The path takes path.back().chosen, for the first time or as the next way of that state;
  /// `operation` is the step that this executes.
  virtual void take(const Path& path, const Operation& operation) = 0;

  /// The execution is over. May add to `todo` of any frame, within `within`: where races are to be
  /// reversed.
  virtual void end(Path& path, Outcome outcome) = 0;

  /// All behind path.back().chosen is explored; it is in `done` now, and no longer in `todo`.
  virtual void leave(Path& path) = 0;
};

/// Takes every way: the oracle that reductions are tested against.
class NoReduction final : public Reduction {
 public:
  ContextSet enter(const Path& path, const SchedulePoint&) override { return path.back().within; }
  void take(const Path&, const Operation&) override {}
  void end(Path&, Outcome) override {}
  void leave(Path&) override {}
};

}  // namespace heddle::sim
