// Two executions of a scenario beside each other, as text: level at the row where they part, what
// is the same before it folded. What `heddle diff` prints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/ids.hpp"
#include "traces/recorder.hpp"
#include "traces/story_rows.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

struct SideRow {
  sim::StepIndex step = 0;
  std::string where;    ///< "0", the CPU; the host's name where there are hosts; "" on none
  std::string context;  ///< its name
  std::string text;     ///< StoryRow::text
  std::string value;
  unsigned number = 0;  ///< StoryRow::number
  /// Can a row of another execution stand for it? Accesses that are no steps have rows only where
  /// the finding is about them.
  bool is_comparable = true;
  bool is_worth_showing = true;  ///< worth_showing()
};

/// One of the two, in a form that another process can be told.
struct Side {
  std::string finding;        ///< finding_title()
  std::vector<SideRow> rows;  ///< in the order in which they happened
  std::vector<StoryActor> actors;
};

/// @param trace  says which finding it is about; its choices are not looked at.
Side side_of(const Trace& trace, const Recording& recording);

/// For another process. side_from() takes what to_bytes() gives; of anything else, nothing.
std::string to_bytes(const Side& side);
std::optional<Side> side_from(std::string_view bytes);

struct SideBySideOptions {
  std::string left;  ///< names of the two
  std::string right;
  std::optional<sim::StepIndex> turn{};  ///< of the left: from here on it always fails
  bool ascii = false;                    ///< draw with ASCII characters only
  std::size_t columns = 100;             ///< width of the page; 80..
};

/// Lines end in '\n' and have no blanks at their end. Where the two differ in no row, only their
/// heads and their last rows are shown.
std::string side_by_side(const Side& left, const Side& right, const SideBySideOptions& options);

}  // namespace heddle::traces
