#include "sim/explore/delay.hpp"

#include <algorithm>

#include "sim/core/check.hpp"

namespace heddle::sim {
namespace {

/// The member that follows `id` in a circle.
ContextId next_after(ContextSet set, ContextId id) {
  const std::uint32_t rank = set.rank(id) + (set.contains(id) ? 1 : 0);
  return rank < set.count() ? set.nth(rank) : set.first();
}

}  // namespace

DelayWalk::DelayWalk(std::uint32_t delays) : delays_(delays) {
  HEDDLE_CHECK(delays <= delays_max, "there are at most 64 delays");
}

void DelayWalk::prepare() {
  const std::uint32_t length = expected_steps();
  for (std::uint32_t i = 0; i < delays_; ++i) points_[i] = rng_.below(length);
  std::sort(points_.begin(), points_.begin() + delays_);
  be_fair_beyond(length);
  decision_ = next_ = 0;
  turn_ = ContextId{};
}

ContextId DelayWalk::schedule(const SchedulePoint& point) {
  if (is_overdue()) return any_of(point.enabled);
  if (!point.enabled.contains(turn_) || yields(point.operation(turn_)))
    turn_ = next_after(point.enabled, turn_);
  for (; next_ < delays_ && points_[next_] <= decision_; ++next_)
    turn_ = next_after(point.enabled, turn_);
  ++decision_;
  return turn_;
}

}  // namespace heddle::sim
