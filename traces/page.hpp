// A trace as a page: one HTML file that needs nothing else, neither network nor server. Its source
// files are in traces/page.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "traces/recorder.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

/// A page has fewer bytes: what does not fit is left out, and the page says so.
inline constexpr std::size_t page_bytes_max = 300'000;

/// From where on a finding cannot be avoided any more.
struct PageTurn {
  std::optional<sim::StepIndex> step;  ///< nothing where there is no such step, or none is known
  std::string text;                    ///< says so, and how sure that is
};

/// What a page says of an execution beside the execution.
struct PageNotes {
  std::string label;    ///< what it is called among those of the page: "minimised"
  std::string command;  ///< repeats it
  std::optional<PageTurn> turn;
};

/// What a page holds of one execution, as JSON.
/// @param traces   how many share the page. The room of each is an equal part.
/// @param recording  made with a CausalOrder.
std::string page_data(const Trace& trace, const Recording& recording, const PageNotes& notes,
                      std::size_t traces);

/// @param data   of page_data(); the first is shown first. At least one, at most three.
/// @param title  of the window.
/// @param lanes  what a browser without scripts shows.
std::string page(const std::vector<std::string>& data, const std::string& title,
                 const std::string& lanes);

}  // namespace heddle::traces
