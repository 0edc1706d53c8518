#include "traces/schedule.hpp"

#include "sim/explore/preemption.hpp"

namespace heddle::traces {

using sim::ContextId;

ContextId NotingChooser::schedule(const sim::SchedulePoint& point) {
  const ContextId chosen = chooser_.schedule(point);
  if (chosen == sim::no_context) return chosen;
  made_.order.push_back(chosen);
  open_.push_back({point.enabled, sim::last_could_go_on(point)});
  if (!sim::free_of_preemption(point).contains(chosen)) ++cost_.preemptions;
  if (point.operation(chosen).kind == sim::EventKind::interrupt)
    ++disturbance(machine_.context(chosen));
  // Between two choices somebody may have taken over who was the only one who could step.
  if (previous_ != sim::no_context && previous_ != point.last) ++cost_.switches;
  if (point.last != sim::no_context && point.last != chosen) ++cost_.switches;
  previous_ = chosen;
  return chosen;
}

/// What a landing counts as.
std::uint64_t& NotingChooser::disturbance(const sim::Context& source) {
  switch (source.strikes) {
    case sim::Strikes::host:
      return cost_.crashes;
    case sim::Strikes::link:
      return cost_.messages;
    case sim::Strikes::nothing:
      break;
  }
  return cost_.interrupts;
}

std::uint32_t NotingChooser::value(sim::Reason reason, std::uint32_t arity) {
  const std::uint32_t chosen = chooser_.value(reason, arity);
  if (chosen == give_up) return chosen;
  const sim::Context& self = machine_.self();
  made_.values.push_back({self.id, reason, chosen});
  if (reason != sim::Reason::value && chosen != 0) {
    const bool is_message = self.announced.kind == sim::EventKind::send ||
                            self.announced.object.cls() == sim::ObjectClass::mailbox;
    ++(self.strikes != sim::Strikes::nothing ? disturbance(self)
       : is_message                          ? cost_.messages
                                             : cost_.faults);
  }
  cost_.values += chosen;
  return chosen;
}

Cost NotingChooser::cost() const {
  Cost cost = cost_;
  cost.steps = machine_.steps();
  return cost;
}

ContextId LenientChooser::schedule(const sim::SchedulePoint& point) {
  while (position_ < schedule_.order.size()) {
    const ContextId wanted = schedule_.order[position_++];
    if (point.enabled.contains(wanted)) return wanted;
  }
  // Who yields is not preempted, but may go on as well.
  const bool stays =
      point.last_is_enabled() && point.operation(point.last).kind != sim::EventKind::interrupt;
  return stays ? point.last : sim::free_of_preemption(point).first();
}

std::uint32_t LenientChooser::value(sim::Reason reason, std::uint32_t arity) {
  const ContextId context = machine_.self().id;
  std::size_t& next = next_value_[context.value][static_cast<std::size_t>(reason)];
  while (next < schedule_.values.size()) {
    const Schedule::Value& wanted = schedule_.values[next++];
    if (wanted.context == context && wanted.reason == reason)
      return wanted.chosen < arity ? wanted.chosen : 0;
  }
  return 0;
}

}  // namespace heddle::traces
