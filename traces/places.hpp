// From return addresses to source lines, by debug information (DWARF 4 and 5, read with elfutils).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/object.hpp"

namespace heddle::traces {

/// Where code stands in the source.
struct SourcePlace {
  std::string function;  ///< "lu_ref_add", "Module::close", "body::lambda"; "" if unknown
  std::string file;      ///< relative to the source root if it is below; "" if unknown
  std::uint32_t line = 0;
};

/// The innermost frame at the place, inlined ones included, that is neither of heddle's engine
/// (sim/) nor of the system's headers, nor a function marked [[gnu::artificial]]; the innermost at
/// all if there is no other. Known places are kept for the life of the process. Cost: milliseconds
/// for a new place. Not for hot paths, nor for the small stacks of contexts.
const SourcePlace& source_of(sim::Place place);

/// All frames at the place that source_of() chooses from, innermost first: the function and those
/// that it is inlined in. Empty if none of them is the code under test's. Cost as above.
const std::vector<SourcePlace>& frames_of(sim::Place place);

/// Lines `first` to `last` of a file as named above, without their ends; fewer where the file ends,
/// none where it cannot be read. Lines of more than 200 bytes are cut.
std::vector<std::string> source_lines(const std::string& file, std::uint32_t first,
                                      std::uint32_t last);

/// "models/lu_ref/lu_ref.cpp:41 (lu_ref_add)", or what of it is known; "an unknown place".
std::string place_text(sim::Place place);
/// "lu_ref_add", or "an unknown function".
std::string function_text(sim::Place place);

/// Files below `root` (absolute) are named relative to it; files below heddle's own source folder,
/// as its debug information names it, to that one, unless `root` is within it.
void set_source_root(std::string root);

}  // namespace heddle::traces
