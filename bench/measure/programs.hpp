// The programs that heddle measures itself and its peers by, with their sizes as parameters. Each
// task has a CPU of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "bench/counted.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/world.hpp"

namespace heddle::bench {

using Program = CountedProgram;

std::span<const Program> programs();
/// Also one of those with known counts (bench/counted.hpp).
/// @returns nullptr for a name that is none.
const Program* program(std::string_view name);

/// A program of these sizes, as something to execute.
struct Workload {
  const Program* program = nullptr;
  int n = 0;
  int k = 0;
  std::uint16_t cpus = 1;

  /// What the machine runs as its set-up. @pre the workload outlives the execution.
  sim::Callable set_up() const;
};

}  // namespace heddle::bench
