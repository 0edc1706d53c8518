// The rows of a lane view: those of the story, with long stretches folded. How rows look on a page
// is in lanes.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "traces/recorder.hpp"
#include "traces/story_rows.hpp"

namespace heddle::traces {

struct LaneRow : StoryRow {
  std::size_t folded = 0;  ///< the row stands for so many others
};

struct LaneRows {
  std::vector<LaneRow> rows;
  std::vector<StoryActor> actors;
  std::string hint;  ///< StoryRows::hint
};

/// By row: is it worth showing at first? Not the middle of a long stretch of one context, of a loop
/// that goes round without a change, nor what the set-up did; but always what the finding is about.
std::vector<bool> worth_showing(const std::vector<StoryRow>& rows);

/// @param finding   the one to show, of the recording; nullptr for none.
/// @param rows_max  beyond, those farthest from the finding are folded; its own stay. At least 20.
/// @param whole_at  the rows of this step and of the few before it are not folded.
LaneRows lane_rows(const Recording& recording, const RecordedFinding* finding, std::size_t rows_max,
                   std::optional<std::uint64_t> whole_at = std::nullopt);

}  // namespace heddle::traces
