#include "sim/explore/surw.hpp"

#include <algorithm>

namespace heddle::sim {

void SelectiveWalk::prepare() {
  release();
  met_ = drawn_ = {};
  object_ = no_object;
  be_fair_beyond(usual_steps());
  if (profile_->object_count() != 0) choose_object();
}

void SelectiveWalk::choose_object() {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < profile_->object_count(); ++i) sum += profile_->object(i).total;
  std::uint32_t drawn = rng_.below(sum);
  std::size_t i = 0;
  for (; drawn >= profile_->object(i).total; ++i) drawn -= profile_->object(i).total;
  const ObjectProfile& object = profile_->object(i);
  object_ = object.object;
  std::copy(object.uses.begin(), object.uses.end(), uses_.begin());
  profile_->add_descendants(uses_);
  // Twice the mean way from one use to the next.
  hold_max_ = 8 + 2 * profile_->steps() / object.total;
}

void SelectiveWalk::meet(ContextSet enabled) {
  for (ContextSet fresh = enabled - met_; !fresh.empty();) {
    const ContextId id = fresh.first();
    fresh.remove(id);
    const ContextId creator = profile_->parent(id);
    if (creator == no_context) continue;
    // What was intended for the creator may be the new context's to do.
    if (intended_ == creator && rng_.below(weight(creator)) < uses_[id.value]) intended_ = id;
    uses_[creator.value] -= std::min(uses_[creator.value], uses_[id.value]);
  }
  met_ = met_ | enabled;
}

ContextId SelectiveWalk::highest(ContextSet set) {
  ContextId best = set.first();
  for (ContextSet rest = set; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    if (!drawn_.contains(id)) {
      drawn_.add(id);
      priorities_[id.value] = rng_.bits();
    }
    if (priorities_[id.value] > priorities_[best.value]) best = id;
  }
  return best;
}

ContextId SelectiveWalk::intend(ContextSet set) {
  std::uint32_t sum = 0;
  for (ContextSet rest = set; !rest.empty(); rest.remove(rest.first())) sum += weight(rest.first());
  std::uint32_t drawn = rng_.below(sum);
  for (ContextSet rest = set;; rest.remove(rest.first())) {
    const ContextId id = rest.first();
    if (drawn < weight(id)) return id;
    drawn -= weight(id);
  }
}

void SelectiveWalk::executed(ContextId id, const Operation& operation) {
  drawn_.remove(id);
  if (operation.object != object_) return;
  if (uses_[id.value] != 0) --uses_[id.value];
  release();
}

ContextId SelectiveWalk::schedule(const SchedulePoint& point) {
  if (is_overdue()) return any_of(point.enabled);
  meet(point.enabled);
  if (!held_.empty() && ++held_steps_ > hold_max_) release();
  for (;;) {
    const ContextSet free = point.enabled - held_;
    if (free.empty()) {
      release();
      continue;
    }
    const ContextId id = highest(free);
    const Operation& operation = point.operation(id);
    if (operation.object == object_) {
      if (intended_ == no_context) intended_ = intend(free);
      if (id != intended_) {
        held_.add(id);
        continue;
      }
    }
    executed(id, operation);
    return id;
  }
}

void SelectiveWalk::forced(const SchedulePoint& point) {
  meet(point.enabled);
  executed(point.enabled.first(), point.operation(point.enabled.first()));
}

}  // namespace heddle::sim
