// Small random programs of all that reductions must cope with: what different searches are compared
// on.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/explore/execution.hpp"
#include "sim/machine/config.hpp"

namespace heddle::tests {

/// What a task does at once, in one to three steps.
struct SmallOperation {
  enum class Kind : std::uint8_t {
    load,
    store,
    add,
    compare,       ///< compare-exchange: `value` by `value` + 1
    store_chosen,  ///< stores one of two values, by choice
    store_if,      ///< stores if the task's last load found `value`
    stop_if,       ///< a fatal finding if the task's last load found `value`
    start,         ///< creates a task that stores, and joins it
    give_way,      ///< cond_resched
    move,          ///< goes on on CPU `value`, if it may and is elsewhere
    load_both_if,  ///< loads; if it finds `value`, loads the other variable as well
    await,         ///< waits until the variable is `value`
    await_other,   ///< waits until it is anything else
    count_
  };
  enum class Around : std::uint8_t {
    nothing,
    lock,
    other_lock,
    both_locks,
    both_locks_swapped,
    try_lock,
    lock_irq,
    preemption_off,
    interrupts_off,
    count_
  };
  Kind kind = Kind::load;
  Around around = Around::nothing;
  int variable = 0;  ///< 0 or 1
  int value = 0;     ///< 0 to 2
};

struct SmallTask {
  int cpu = 0;
  std::vector<SmallOperation> operations;
};

struct SmallProgram {
  std::vector<SmallTask> tasks;
  bool has_interrupt = false;
  int interrupt_cpu = 0;
  SmallOperation handler;
  sim::Preemption preemption = sim::Preemption::full;
};

std::ostream& operator<<(std::ostream& out, const SmallProgram& program);

/// Executes a program, and tells what came of it.
class SmallExecution final : public sim::Execution {
 public:
  /// `observes`: what tasks have read is part of the result.
  explicit SmallExecution(const SmallProgram& program, bool observes = true)
      : program_(program), observes_(observes) {}
  sim::Outcome run(sim::Chooser& chooser, sim::ChoiceLog log) override;

  /// Of the last execution: outcome, memory, and all that each task has read, if it observes.
  std::string result() const;

 private:
  const SmallProgram& program_;
  bool observes_;
  sim::Outcome outcome_ = sim::Outcome::finished;
};

}  // namespace heddle::tests
