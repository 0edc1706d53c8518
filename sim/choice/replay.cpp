#include "sim/choice/replay.hpp"

namespace heddle::sim {

bool ReplayChooser::fits(Reason reason, std::uint32_t arity) {
  const Choice& next = choices_[position_];
  diverged_ = next.reason != reason || next.arity != (arity < 65535 ? arity : 65535);
  return !diverged_;
}

ContextId ReplayChooser::schedule(const SchedulePoint& point) {
  if (position_ == choices_.size()) return rest_ != nullptr ? rest_->schedule(point) : no_context;
  if (!fits(Reason::schedule, point.enabled.count())) return no_context;
  const std::uint32_t chosen = choices_[position_].chosen;
  if (chosen >= contexts_max ||
      !point.enabled.contains(ContextId{static_cast<std::uint16_t>(chosen)})) {
    diverged_ = true;
    return no_context;
  }
  ++position_;
  return ContextId{static_cast<std::uint16_t>(chosen)};
}

std::uint32_t ReplayChooser::value(Reason reason, std::uint32_t arity) {
  if (position_ == choices_.size()) return rest_ != nullptr ? rest_->value(reason, arity) : give_up;
  if (!fits(reason, arity) || choices_[position_].chosen >= arity) {
    diverged_ = true;
    return give_up;
  }
  return choices_[position_++].chosen;
}

}  // namespace heddle::sim
