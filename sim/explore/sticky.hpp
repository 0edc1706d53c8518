// The sticky walk: goes on with the context that took the last step with a fixed probability, else
// takes any. Long runs of one context are rare in the uniform walk, and some bugs need them.
#pragma once

#include "sim/explore/walk.hpp"

namespace heddle::sim {

class StickyWalk final : public Walk {
 public:
  /// @param percent  how often it stays, 0..99; 0 is the uniform walk.
  explicit StickyWalk(std::uint32_t percent) : percent_(percent) {}

  ContextId schedule(const SchedulePoint& point) override {
    const bool could_stay = point.last_is_enabled() && !yields(point.operation(point.last));
    if (could_stay && rng_.below(100) < percent_) return point.last;
    return any_of(point.enabled);
  }

 private:
  std::uint32_t percent_;
};

}  // namespace heddle::sim
