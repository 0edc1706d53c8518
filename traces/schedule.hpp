// An execution's choices in a form that survives editing: who steps, and apart from that, by
// context, which values it got. Two choosers go with it: one notes what another one chooses, one
// follows a schedule as far as it goes. What minimising works on (traces/minimise.hpp).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/core/context_set.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::traces {

struct Schedule {
  struct Value {
    sim::ContextId context;  ///< who asked
    sim::Reason reason = sim::Reason::value;
    std::uint32_t chosen = 0;
    friend bool operator==(const Value&, const Value&) = default;
  };
  std::vector<sim::ContextId> order;  ///< who stepped, wherever several could
  std::vector<Value> values;          ///< in the order in which they were asked for
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// How hard an execution is to read. The first member counts most.
struct Cost {
  std::uint64_t workload = 0;    ///< bytes of a generated workload's text; 0 for none
  std::uint64_t faults = 0;      ///< allocations that fail, clocks that drift
  std::uint64_t interrupts = 0;  ///< landings that were chosen
  /// Hosts that go down or come up again, and what that leaves of their disks.
  std::uint64_t crashes = 0;
  /// Messages that are lost, come twice or out of turn; links that are cut or mended.
  std::uint64_t messages = 0;
  /// As bounds count them (sim/explore/preemption.hpp), so that the two can be compared.
  std::uint64_t preemptions = 0;
  std::uint64_t switches = 0;  ///< of the context that steps, as far as choices show them
  std::uint64_t steps = 0;
  std::uint64_t values = 0;  ///< the sum of all values that were chosen
  friend auto operator<=>(const Cost&, const Cost&) = default;
};

/// What else could have been chosen.
struct Open {
  sim::ContextSet enabled;
  bool held = false;  ///< any other choice would have been a preemption
};

/// Lets another chooser choose, and notes what it does.
class NotingChooser final : public sim::Chooser {
 public:
  /// Both outlive the chooser.
  NotingChooser(sim::Chooser& chooser, sim::Machine& machine)
      : chooser_(chooser), machine_(machine) {}

  sim::ContextId schedule(const sim::SchedulePoint& point) override;
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override;

  const Schedule& made() const { return made_; }
  /// By index in made().order.
  const std::vector<Open>& open() const { return open_; }
  /// @pre the machine has not begun another execution.
  Cost cost() const;

 private:
  std::uint64_t& disturbance(const sim::Context& source);

  sim::Chooser& chooser_;
  sim::Machine& machine_;
  Schedule made_;
  std::vector<Open> open_;
  Cost cost_;
  sim::ContextId previous_ = sim::no_context;
};

/// Follows a schedule as far as it fits. Who cannot step is passed over; a value that does not
/// exist is 0, and so is one that the schedule does not know of. Behind the schedule's end there is
/// no preemption, and an interrupt lands only where nothing else can step. So every schedule leads
/// to some execution, and the one that was noted of it leads to the same.
class LenientChooser final : public sim::Chooser {
 public:
  /// Both outlive the chooser.
  LenientChooser(const Schedule& schedule, sim::Machine& machine)
      : schedule_(schedule), machine_(machine) {}

  sim::ContextId schedule(const sim::SchedulePoint& point) override;
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override;

 private:
  static constexpr std::size_t reason_count = static_cast<std::size_t>(sim::Reason::count_);

  const Schedule& schedule_;
  sim::Machine& machine_;
  std::size_t position_ = 0;
  // By context and reason: where in Schedule::values to look for its next one.
  std::array<std::array<std::size_t, reason_count>, sim::contexts_max> next_value_{};
};

}  // namespace heddle::traces
