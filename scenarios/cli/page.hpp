// Pages of traces, put together from what replays make of them.
#pragma once

#include <string>
#include <vector>

#include "scenarios/cli/repeat.hpp"

namespace heddle::cli {

/// A trace of a page.
struct PagePart {
  std::string label;    ///< "minimised"; does not show where there is one part only
  std::string command;  ///< what repeats it
  TraceFile file;
};

/// The whole HTML file. @throws InputError if a trace cannot be repeated.
std::string make_page(scenarios::Runner& runner, const std::vector<PagePart>& parts);

}  // namespace heddle::cli
