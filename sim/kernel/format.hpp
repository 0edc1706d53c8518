// printf as the kernel's code calls it: what it reads and writes is simulated memory.
#pragma once

#include <cstdarg>
#include <cstddef>

#include "sim/core/object.hpp"

namespace heddle::sim::kernel {

/// As vsnprintf(), on behalf of the code at `place`: the checkers see the reading of the format and
/// of each string, and the writing of `to`. Pointers that lead out of simulated memory differ from
/// run to run, so they are printed as "(outside)". Known conversions: d i u o x X c s p %, with
/// flags, width, precision and h hh l ll z t j.
/// @returns how long the text is without its end; it may be more than fits. `size` may be 0.
std::size_t format_text(char* to, std::size_t size, const char* format, std::va_list arguments,
                        Place place);

}  // namespace heddle::sim::kernel
