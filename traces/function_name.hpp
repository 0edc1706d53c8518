// What a function is called in reports, from its debug information: the same for every compiler and
// optimisation level, since fingerprints are made of it.
#pragma once

#include <string>
#include <string_view>

#include <elfutils/libdw.h>

#include "traces/function_index.hpp"

namespace heddle::traces {

/// "f", "Type::f", and "f::lambda" for a function object's body in f, without namespaces, arguments
/// and template arguments. "" if nothing is known.
/// @param function  a subprogram or an inlined one.  @param index  of its compilation unit.
std::string function_name(Dwarf_Die function, const FunctionIndex& index);

/// Is the function, `name`, marked as standing for its caller ([[gnu::artificial]])?
bool is_artificial(Dwarf_Die function, std::string_view name);

/// Class, struct or union.
bool is_type(int tag);

}  // namespace heddle::traces
