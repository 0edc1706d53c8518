// What a request comes to once the scenario's defaults are filled in.
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/registry/runner.hpp"
#include "sim/machine/config.hpp"

namespace heddle::scenarios {

std::uint32_t preemptions_of(const RunRequest& request);
/// "random", "dfs(2)", "dfs": as it stands in a trace.
std::string strategy_text(const RunRequest& request);
sim::MachineConfig config_of(const RunRequest& request);

}  // namespace heddle::scenarios
