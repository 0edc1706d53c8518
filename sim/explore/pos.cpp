#include "sim/explore/pos.hpp"

namespace heddle::sim {

ContextId PartialOrderSampling::schedule(const SchedulePoint& point) {
  if (is_overdue()) return any_of(point.enabled);
  for (ContextSet fresh = point.enabled - drawn_; !fresh.empty();) {
    const ContextId id = fresh.first();
    fresh.remove(id);
    priorities_[id.value] = rng_.bits();
  }
  drawn_ = drawn_ | point.enabled;
  ContextId best = point.enabled.first();
  for (ContextSet rest = point.enabled; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    if (priorities_[id.value] > priorities_[best.value]) best = id;
  }
  executed(point, best);
  return best;
}

}  // namespace heddle::sim
