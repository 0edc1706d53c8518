// Where a campaign's phases begin. What executions of a phase have taught is known to all
// executions of the next one, and to none of the same: so it does not matter who makes which
// execution when.
#pragma once

#include <cstdint>

namespace heddle::sim {

inline constexpr std::uint64_t first_phase_border = 64;
inline constexpr std::uint64_t phase_growth = 8;

/// Where the phase of execution `index` begins: 0, 64, 512, 4096, …; so many executions have told
/// what they learned when a campaign with phases makes that execution.
constexpr std::uint64_t executions_known_at(std::uint64_t index) {
  std::uint64_t known = 0;
  for (std::uint64_t border = first_phase_border; border <= index; border *= phase_growth) {
    known = border;
    if (border > index / phase_growth) break;  // the next one would be beyond, or overflow
  }
  return known;
}

}  // namespace heddle::sim
