// Runs a workload many times under the random chooser, as campaigns do, and takes the time.
#pragma once

#include <cstdint>
#include <memory_resource>

#include "bench/measure/programs.hpp"
#include "sim/explore/reduction.hpp"

namespace heddle::bench {

/// What is switched on besides the engine.
enum class Form : std::uint8_t {
  bare,    ///< nothing
  checks,  ///< races and deadlocks are looked for; nothing is recorded
  all      ///< every checker, and every choice is written to memory shared with another process
};

/// Executions 0, 1, … of the workload. @returns seconds of CPU time.
/// Errors: an execution that does not finish, or finds something, ends the process.
double run(const Workload& workload, Form form, std::uint64_t executions);

struct Searched {
  std::uint64_t executions = 0;
  std::uint64_t states = 0;  ///< that were met, if they were compared
  double seconds = 0;        ///< of CPU time
};
/// Executions 0, 1, … of a search, as many as there are or `executions`, with no checker. All that
/// it remembers lies in `memory`. @pre the reduction is optimal, none or states.
Searched search(const Workload& workload, sim::Reduction reduction,
                std::pmr::memory_resource& memory, std::uint64_t executions);

/// What an execution does on average: contexts started, further switches, steps.
struct Work {
  double starts = 0;
  double switches = 0;
  double steps = 0;
};
Work work_of(const Workload& workload, std::uint64_t executions);

}  // namespace heddle::bench
