#include "traces/replay.hpp"

#include <utility>

#include <fmt/format.h>

#include "traces/describe.hpp"
#include "traces/divergence.hpp"

namespace heddle::traces {

using sim::ContextId;
using sim::Reason;
using sim::SchedulePoint;

ContextId TraceChooser::diverge(std::string expected, std::string found, sim::StepIndex step) {
  stopped_ = ReplayResult::diverged;
  difference_ = fmt::format("expected {} at step {} (choice {} of {}), found {}", expected, step,
                            position_ + 1, trace_.choices.size(), found);
  return sim::no_context;
}

/// "who can step are adder lock x and boot load y".
std::string TraceChooser::enabled_text(const SchedulePoint& point) const {
  std::string text;
  sim::ContextSet rest = point.enabled;
  while (!rest.empty()) {
    const ContextId id = rest.first();
    rest.remove(id);
    if (!text.empty()) text += rest.empty() ? " or " : ", ";
    text += context_name(machine_, id) + ' ' + footprint(machine_, point.operation(id));
  }
  return text;
}

ContextId TraceChooser::schedule(const SchedulePoint& point) {
  if (stopped_ != ReplayResult::complete) return sim::no_context;
  const sim::StepIndex step = point.step + 1;
  if (position_ == trace_.choices.size()) {
    stopped_ = ReplayResult::exhausted;
    difference_ = fmt::format(
        "expected the execution to end at step {}, after the {} choices of "
        "the trace, found a choice of {}",
        step, position_, enabled_text(point));
    return sim::no_context;
  }
  const Choice& next = trace_.choices[position_];
  if (next.reason != Reason::schedule)
    return diverge(choice_text(next), "a choice of " + enabled_text(point), step);

  for (sim::ContextSet rest = point.enabled; !rest.empty(); rest.remove(rest.first())) {
    const ContextId id = rest.first();
    if (!is_called(machine_, id, next.context)) continue;
    const sim::Operation& operation = point.operation(id);
    if (operation.kind != next.kind || !is_object(machine_, operation.object, next.object))
      return diverge(choice_text(next),
                     context_name(machine_, id) + ' ' + footprint(machine_, operation), step);
    if (point.enabled.count() != next.arity)
      return diverge(fmt::format("{} as one of {} who can step", choice_text(next), next.arity),
                     "a choice of " + enabled_text(point), step);
    ++position_;
    return id;
  }
  bool exists = false;
  for (std::uint16_t i = 0; i < machine_.context_count(); ++i)
    exists = exists || is_called(machine_, ContextId{i}, next.context);
  return diverge(
      choice_text(next),
      fmt::format("{} of that name{}; there is {}", exists ? "the context" : "no context",
                  exists ? " unable to step" : "", enabled_text(point)),
      step);
}

std::uint32_t TraceChooser::value(Reason reason, std::uint32_t arity) {
  if (stopped_ != ReplayResult::complete) return give_up;
  const std::string found = fmt::format("a choice of {} among {}", word(reason), arity);
  const sim::StepIndex step = machine_.steps();
  if (position_ == trace_.choices.size()) {
    stopped_ = ReplayResult::exhausted;
    difference_ = fmt::format(
        "expected the execution to end at step {}, after the {} choices of "
        "the trace, found {}",
        step, position_, found);
    return give_up;
  }
  const Choice& next = trace_.choices[position_];
  if (next.reason != reason || next.arity != arity || next.value >= arity) {
    diverge(choice_text(next), found, step);
    return give_up;
  }
  ++position_;
  return next.value;
}

ReplayResult TraceChooser::result() const {
  if (stopped_ == ReplayResult::complete && position_ != trace_.choices.size())
    return ReplayResult::unused;
  return stopped_;
}

std::string TraceChooser::difference() const {
  if (result() != ReplayResult::unused) return difference_;
  return fmt::format("expected {} at step {} (choice {} of {}), found the end of the execution",
                     choice_text(trace_.choices[position_]), machine_.steps() + 1, position_ + 1,
                     trace_.choices.size());
}

}  // namespace heddle::traces
