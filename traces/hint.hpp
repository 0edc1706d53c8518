// What would keep a finding from happening, said only where what was recorded is enough to know it.
#pragma once

#include <string>

#include "traces/recorder.hpp"
#include "traces/story_rows.hpp"

namespace heddle::traces {

/// A clause such as "taking lk in both orders the two accesses"; "" where nothing is certain.
/// @param story  of the same finding.
std::string hint_for(const Recording& recording, const RecordedFinding& finding,
                     const StoryRows& story);

}  // namespace heddle::traces
