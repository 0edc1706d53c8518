// The lane view: an execution as text, a column for each CPU, one event a row, with the values, why
// the execution went from one context to another, and what caused the finding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "traces/recorder.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

struct LaneOptions {
  bool ascii = false;         ///< draw with ASCII characters only
  bool table = false;         ///< one column for all CPUs, whatever their number
  std::size_t columns = 100;  ///< width of the page; 60..
  /// Beyond, what is farthest from the finding is folded.
  std::size_t rows_max = 100;
  /// The rows of this step and of the few before it are shown, whatever is folded elsewhere.
  std::optional<std::uint64_t> whole_at{};
  std::string replay{};  ///< the command that repeats the execution; "": the line is left out
};

/// @param trace      header of the view; its choices are not looked at.
/// @param recording  the execution. The finding shown is the one with the trace's message or kind,
///                   else the first.
/// Lines end in '\n' and have no blanks at their end. Deterministic.
std::string lanes(const Trace& trace, const Recording& recording, const LaneOptions& options = {});

/// "USE AFTER FREE  the block was freed"; "NO FINDING" of nullptr.
std::string finding_title(const RecordedFinding* finding);

}  // namespace heddle::traces
