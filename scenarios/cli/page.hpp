// Pages of traces, put together from what replays make of them.
#pragma once

#include <string>
#include <vector>

#include "scenarios/cli/repeat.hpp"
#include "traces/page.hpp"

namespace heddle::cli {

/// A trace of a page.
struct PagePart {
  traces::PageNotes notes;
  TraceFile file;
};

/// Looks for the turning point of the first part's finding, and puts the nearest execution without
/// the finding behind the others. Where there is none, or none is found, the first part says so.
/// Cost: at most 2,000 executions.
void add_passing(scenarios::Runner& runner, std::vector<PagePart>& parts);

/// The whole HTML file. @throws InputError if a trace cannot be repeated.
std::string make_page(scenarios::Runner& runner, const std::vector<PagePart>& parts);

}  // namespace heddle::cli
