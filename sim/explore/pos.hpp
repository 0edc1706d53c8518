// Partial order sampling: every step gets a random priority of its own when it becomes pending, and
// the highest goes first; a step that is executed makes those it conflicts with draw anew. So the
// order of two conflicting steps does not depend on where they stand in their contexts.
//
// Source: Yuan, Yang, Gu, "Partial order aware concurrency sampling", CAV 2018, algorithm 2.
// Deviation, for fairness: beyond twice the expected length the walk is uniform. Else a step with a
// priority of 1 in n would wait for n turns of a loop that spins.
#pragma once

#include <array>
#include <cstdint>

#include "sim/explore/walk.hpp"

namespace heddle::sim {

class PartialOrderSampling final : public Walk {
 public:
  ContextId schedule(const SchedulePoint& point) override;
  bool wants_forced() const override { return true; }
  void forced(const SchedulePoint& point) override { executed(point, point.enabled.first()); }

 private:
  void prepare() override {
    drawn_ = {};
    be_fair_beyond(usual_steps());
  }
  /// Lines 8 to 11: it and those in conflict with it have no priority any more.
  void executed(const SchedulePoint& point, ContextId id) {
    drawn_.remove(id);
    const Operation& operation = point.operation(id);
    for (ContextSet rest = drawn_; !rest.empty();) {
      const ContextId other = rest.first();
      rest.remove(other);
      if (conflict(operation, point.operation(other))) drawn_.remove(other);
    }
  }

  ContextSet drawn_;  // whose pending step has a priority
  std::array<std::uint32_t, contexts_max> priorities_{};
};

}  // namespace heddle::sim
