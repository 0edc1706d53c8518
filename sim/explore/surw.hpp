// The selectively uniform walk: picks one shared object for an execution and interleaves the uses
// of it uniformly, whatever happens in between. Before each use it is drawn whose is next, in
// proportion to the uses that each context has left; the others are held where they are about to
// use the object.
//
// Source: Zhao, Wolff, Mathur, Roychoudhury, "Selectively uniform concurrency testing", ASPLOS
// 2025, algorithm 2. Deviations: who is next may wait for somebody who is held, by spinning even,
// so holding has a budget of steps; and for fairness the walk is uniform beyond twice the expected
// length.
#pragma once

#include <array>
#include <cstdint>

#include "sim/explore/walk.hpp"

namespace heddle::sim {

class SelectiveWalk final : public Walk {
 public:
  ContextId schedule(const SchedulePoint& point) override;
  bool wants_forced() const override { return true; }
  void forced(const SchedulePoint& point) override;

 private:
  void prepare() override;
  void choose_object();
  void meet(ContextSet enabled);
  ContextId highest(ContextSet set);
  ContextId intend(ContextSet set);
  void release() {
    held_ = {};
    intended_ = no_context;
    held_steps_ = 0;
  }
  void executed(ContextId id, const Operation& operation);
  std::uint32_t weight(ContextId id) const { return uses_[id.value] == 0 ? 1 : uses_[id.value]; }

  ObjectId object_;                                 // no_object: nothing is selected
  std::array<std::uint32_t, contexts_max> uses_{};  // left, with those of descendants
  std::uint32_t hold_max_ = 0;
  std::uint32_t held_steps_ = 0;
  ContextId intended_ = no_context;
  ContextSet held_;
  ContextSet met_;
  ContextSet drawn_;  // whose pending step has a priority
  std::array<std::uint32_t, contexts_max> priorities_{};
};

}  // namespace heddle::sim
