// A finding as SARIF 2.1.0, for code scanning: the places of its actors, and its execution as one
// thread flow for each context, which viewers step through in order.
#pragma once

#include <string>

#include "traces/story.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

/// A log with one run, and one result if there is a finding.
std::string sarif(const Trace& trace, const Story& story);

}  // namespace heddle::traces
