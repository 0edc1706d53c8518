// Repeats a trace's choices and checks each against what the execution is about to do. It stops at
// the first difference: an execution that went on would be another one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sim/machine/machine.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

/// How an execution and the trace that it replayed fit.
enum class ReplayResult : std::uint8_t {
  complete,   ///< every choice was made as recorded, and no other
  diverged,   ///< a choice did not fit
  exhausted,  ///< the execution wanted one more choice than the trace has
  unused      ///< the execution ended before all choices were made
};

/// Use: configure the machine from the trace, machine.run(setup, chooser, …), then result().
class TraceChooser final : public sim::Chooser {
 public:
  /// Both must outlive the chooser.
  TraceChooser(const Trace& trace, const sim::Machine& machine)
      : trace_(trace), machine_(machine) {}

  sim::ContextId schedule(const sim::SchedulePoint& point) override;
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override;

  /// After the execution: did it fit?
  ReplayResult result() const;
  /// "expected … at step N, found …"; "" when complete.
  /// @pre the machine has not begun another execution.
  std::string difference() const;
  /// How many choices were made as recorded.
  std::size_t position() const { return position_; }

 private:
  sim::ContextId diverge(std::string expected, std::string found, sim::StepIndex step);
  bool expects(sim::Reason reason, std::uint32_t arity);
  std::string enabled_text(const sim::SchedulePoint& point) const;

  const Trace& trace_;
  const sim::Machine& machine_;
  std::size_t position_ = 0;
  ReplayResult stopped_ = ReplayResult::complete;
  std::string difference_;
};

}  // namespace heddle::traces
