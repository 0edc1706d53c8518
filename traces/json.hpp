// A trace and its story as JSON: docs/trace.schema.json describes it. What pages are fed with, too.
#pragma once

#include <string>

#include "traces/story.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

struct JsonOptions {
  bool with_choices = true;
  bool with_sources = false;  ///< the lines around every place, as far as the files can be read
  int indent = -1;            ///< columns a level; -1: all on one line
};

/// One object. Bytes that are no UTF-8 are replaced.
/// @param story  nullptr: null stands in its place.
std::string trace_json(const Trace& trace, const Story* story, const JsonOptions& options = {});

}  // namespace heddle::traces
