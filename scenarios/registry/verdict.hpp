// What a campaign's result means.
#pragma once

#include <cstddef>
#include <cstdint>

#include "scenarios/registry/runner.hpp"
#include "sim/machine/config.hpp"
#include "traces/format.hpp"

namespace heddle::scenarios {

/// Of one execution; more: bound reached. No more than a trace can hold.
inline constexpr std::size_t choices_max = traces::limits::choices_max;

/// Fills in verdict, exhaustive, verdict_text, reason and bounds from what the campaign came to.
/// Nothing is clean that was not executed, ended at a limit, or got stuck.
/// @param preemptions  the bound of a depth-first search.
void judge(RunResult& result, const RunRequest& request, const sim::MachineConfig& config,
           std::uint32_t preemptions);

}  // namespace heddle::scenarios
