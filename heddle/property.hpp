// Everything that a scenario over generated workloads is written with; needs RapidCheck. The three
// things that a workload's type has are described in scenarios/registry/property.hpp.
#pragma once

#include "heddle.hpp"
#include "scenarios/registry/property.hpp"
#include "scenarios/registry/text_reader.hpp"

namespace heddle {

using scenarios::TextReader;
template <class T>
using Result = traces::Result<T>;

}  // namespace heddle
