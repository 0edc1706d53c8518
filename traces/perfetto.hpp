// A story as Chrome trace JSON, which ui.perfetto.dev and chrome://tracing open: CPUs and locks as
// tracks, handlers nested in what they interrupt, arrows from stores to reads and from lock holder
// to lock holder. A row takes a microsecond, as steps have no time.
#pragma once

#include <string>

#include "traces/story.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

std::string perfetto(const Trace& trace, const Story& story);

}  // namespace heddle::traces
