#include "sim/explore/pct.hpp"

#include <algorithm>

#include "sim/core/check.hpp"

namespace heddle::sim {
namespace {
constexpr std::uint64_t first_low = std::uint64_t{1} << 31;
}

Pct::Pct(std::uint32_t depth) : changes_(depth - 1) {
  HEDDLE_CHECK(depth >= 1 && depth <= depth_max, "PCT's depth is 1 to 64");
}

void Pct::prepare() {
  const std::uint32_t length = expected_steps();
  for (std::uint32_t i = 0; i < changes_; ++i) points_[i] = rng_.below(length);
  std::sort(points_.begin(), points_.begin() + changes_);
  be_fair_beyond(length);
  decision_ = next_change_ = 0;
  known_ = last_enabled_ = {};
  top_ = no_context;
  lowest_ = first_low;
}

ContextId Pct::highest(ContextSet enabled) const {
  ContextId best = enabled.first();
  for (ContextSet rest = enabled; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    if (priorities_[id.value] > priorities_[best.value]) best = id;
  }
  return best;
}

ContextId Pct::schedule(const SchedulePoint& point) {
  if (is_overdue()) return any_of(point.enabled);
  for (ContextSet fresh = point.enabled - known_; !fresh.empty();) {
    const ContextId id = fresh.first();
    fresh.remove(id);
    known_.add(id);
    priorities_[id.value] = (std::uint64_t{1} << 32) | rng_.bits();
  }
  // Still the highest if nobody has joined, and it is there.
  if (!(point.enabled - last_enabled_).empty() || !point.enabled.contains(top_))
    top_ = highest(point.enabled);
  last_enabled_ = point.enabled;
  for (; next_change_ < changes_ && points_[next_change_] <= decision_; ++next_change_) {
    lower(top_);
    top_ = highest(point.enabled);
  }
  ++decision_;
  if (yields(point.operation(top_))) {
    const ContextId spinner = top_;
    lower(spinner);
    top_ = highest(point.enabled);
  }
  return top_;
}

}  // namespace heddle::sim
