// Every reduction must reach what the search of all executions reaches, on random small programs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "sim/explore/counts.hpp"
#include "sim/explore/preemption.hpp"
#include "sim/explore/reduction.hpp"
#include "sim/explore/strategy.hpp"
#include "tests/explore/small_program.hpp"

namespace heddle::tests {

/// What a search has reached.
struct Reached {
  std::set<std::string> results;
  std::set<std::string> traces;
  std::map<std::string, std::uint32_t> preemptions{};  ///< by trace: the fewest that were seen
  sim::Counts counts;
  bool diverged = false;
};

/// @returns nullopt if the program has more executions than that.
std::optional<Reached> explore_small(const SmallProgram& program, sim::Reduction reduction,
                                     std::uint64_t executions_max = 1'000'000,
                                     std::uint32_t preemptions = sim::no_preemption_bound);

/// @returns what is wrong with a reduction, or "".
std::string compare(const Reached& all, const Reached& reduced, sim::Reduction reduction);

/// @returns what a reduction has not reached, or reached wrongly, or "", however many executions it
/// made for it. `checked`: as for check_reductions.
std::string check_reach(const SmallProgram& program, bool& checked);

/// @returns in which way a search with a bound on preemptions does not have just those traces that
/// some execution has within the bound, or "".
std::string check_bounds(const SmallProgram& program, bool& checked);

/// @returns which results a search that compares states does not have of those of the search of all
/// executions, within a bound on preemptions or none, or "".
std::string check_states(const SmallProgram& program, bool& checked);

/// The same for all reductions, and how many executions they made; programs with too many
/// executions for the search of all are right. `checked` is set if the program was not too large.
std::string check_reductions(const SmallProgram& program, bool& checked);

/// One of the above.
using Check = std::string (*)(const SmallProgram& program, bool& checked);

enum class Programs : std::uint8_t {
  any,
  moving,  ///< the first task goes on on another CPU before its last operation
  apart    ///< each task on a CPU of its own, nobody started beside it, no interrupt, no early end
};

/// Checks so many random programs, at most 300, shrinks one that is wrong, and reports it.
void cross_check(std::uint64_t seed, int programs, Check check, Programs kind = Programs::any);

}  // namespace heddle::tests
