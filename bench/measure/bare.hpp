// The limit: what switching and starting contexts cost on Boost.Context alone, with nothing around
// it. No simulator that runs each task on a stack of its own can be faster.
#pragma once

#include <cstdint>

namespace heddle::bench {

/// `count` switches between two contexts. @returns seconds of CPU time.
double bare_switches(std::uint64_t count);
/// `count` times: a context is made, entered, and left. Two switches each are part of it.
double bare_starts(std::uint64_t count);

}  // namespace heddle::bench
