// What lies where in the types of the code under test, by debug information: so that a reader sees
// "nfsd_state.mutex" and not "nfsd_state+72".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/core/object.hpp"

namespace heddle::traces {

/// ".mutex", ".parts[1].head": the innermost member that begins `offset` bytes into a `type` (as
/// typeid(T).name() has it) of `size` bytes; members of the engine's own and of the standard
/// library's types are not looked into. Underscores at the end of names are left out.
/// "" where no debug information tells, or no member begins there.
/// @param hint  code that uses the type: its unit is asked first. The answer does not depend on it.
/// Known types are kept for the life of the process. Cost: milliseconds for a new type, some tenths
/// of a second for one that is unknown. Not for hot paths, nor for the small stacks of contexts.
std::string member_text(std::string_view type, std::size_t size, std::size_t offset,
                        sim::Place hint);

}  // namespace heddle::traces
