#include "traces/trace.hpp"

namespace heddle::traces {
namespace {

/// Written out member by member: a new one makes this fail to compile, as it does the writer.
bool equal(const sim::MachineConfig& a, const sim::MachineConfig& b) {
  const auto& [cpus, preemption, interleave, relaxing, time, faults, limits, racy] = a;
  const auto& [steps_max, accesses_max] = limits;
  return cpus == b.cpus && preemption == b.preemption && interleave == b.interleave &&
         relaxing == b.relaxing && time == b.time && faults == b.allocation_faults &&
         steps_max == b.limits.steps_max && accesses_max == b.limits.accesses_between_steps_max &&
         racy == b.racy;
}

}  // namespace

bool operator==(const Trace& a, const Trace& b) {
  return a.scenario == b.scenario && a.variant == b.variant && a.parameters == b.parameters &&
         a.workload == b.workload && equal(a.machine, b.machine) && a.strategy == b.strategy &&
         a.seed == b.seed && a.execution == b.execution && a.build == b.build &&
         a.finding == b.finding && a.choices == b.choices;
}

}  // namespace heddle::traces
