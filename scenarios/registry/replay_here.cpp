// Repeats a trace in this process, so that a debugger sees it.
#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/runner.hpp"
#include "traces/format.hpp"
#include "traces/replay.hpp"

namespace heddle::scenarios {
namespace {

/// Makes another chooser's choices, and calls a function ahead of the steps from one on.
class Stopping final : public sim::Chooser {
 public:
  using Stop = void (*)(const sim::Machine& machine, sim::ContextId next);
  Stopping(sim::Chooser& chooser, const sim::Machine& machine, sim::StepIndex until, Stop stop)
      : chooser_(chooser), machine_(machine), until_(until), stop_(stop) {}

  sim::ContextId schedule(const sim::SchedulePoint& point) override {
    const sim::ContextId chosen = chooser_.schedule(point);
    if (chosen != sim::no_context) before_step(point.step + 1, chosen);
    return chosen;
  }
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override {
    return chooser_.value(reason, arity);
  }
  bool wants_forced() const override { return true; }
  void forced(const sim::SchedulePoint& point) override {
    before_step(point.step + 1, point.enabled.first());
  }

 private:
  void before_step(sim::StepIndex step, sim::ContextId next) {
    if (step >= until_) stop_(machine_, next);
  }

  sim::Chooser& chooser_;
  const sim::Machine& machine_;
  sim::StepIndex until_;
  Stop stop_;
};

}  // namespace

std::string Runner::replay_here(std::string_view trace_text, sim::StepIndex until,
                                void (*stop)(const sim::Machine& machine, sim::ContextId next)) {
  const traces::Result<traces::Trace> trace = traces::from_text(trace_text, "the trace");
  if (!trace) return trace.error();
  const traces::Result<Variant> variant = variant_of(*trace);
  if (!variant) return variant.error();
  rig_->set_up(*variant, trace->machine);
  traces::TraceChooser chooser(*trace, rig_->machine());
  Stopping stopping(chooser, rig_->machine(), until, stop);
  rig_->run(stopping, {});
  return chooser.difference();
}

}  // namespace heddle::scenarios
