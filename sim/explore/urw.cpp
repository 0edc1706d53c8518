#include "sim/explore/urw.hpp"

#include <algorithm>

namespace heddle::sim {

void UniformWalk::prepare() {
  met_ = {};
  for (std::uint16_t id = 0; id < contexts_max; ++id) left_[id] = profile_->steps(ContextId{id});
  profile_->add_descendants(left_);
}

void UniformWalk::meet(ContextSet enabled) {
  for (ContextSet fresh = enabled - met_; !fresh.empty();) {
    const ContextId id = fresh.first();
    fresh.remove(id);
    const ContextId creator = profile_->parent(id);
    if (creator == no_context) continue;
    left_[creator.value] -= std::min(left_[creator.value], left_[id.value]);
  }
  met_ = met_ | enabled;
}

ContextId UniformWalk::schedule(const SchedulePoint& point) {
  meet(point.enabled);
  std::uint32_t sum = 0;
  for (ContextSet rest = point.enabled; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    sum += weight(id);
  }
  std::uint32_t drawn = rng_.below(sum);
  for (ContextSet rest = point.enabled;;) {
    const ContextId id = rest.first();
    rest.remove(id);
    if (drawn < weight(id)) {
      executed(id);
      return id;
    }
    drawn -= weight(id);
  }
}

}  // namespace heddle::sim
