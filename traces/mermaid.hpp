// A story as a Mermaid sequence diagram, to paste into a pull request: the contexts, what the
// finding is about, and what passes from one to another.
#pragma once

#include <string>

#include "traces/story.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

std::string mermaid(const Trace& trace, const Story& story);

}  // namespace heddle::traces
