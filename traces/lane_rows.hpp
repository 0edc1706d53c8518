// From a recorded execution to the rows of a lane view: what is worth a row, in whose column, and
// why the execution went that way. How rows look on a page is in lanes.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/ids.hpp"
#include "traces/recorder.hpp"

namespace heddle::traces {

/// What a CPU is seen doing between the rows of its column.
enum class CpuLook : std::uint8_t { idle, runs, spins, handles };

struct LaneRow {
  enum class Mark : std::uint8_t { starts, resumes, goes_on, enters, handles, leaves, ends };

  sim::StepIndex step = 0;
  sim::Cpu cpu{};
  sim::ContextId context = sim::no_context;
  Mark mark = Mark::goes_on;
  std::vector<CpuLook> looks;  ///< of the CPUs after the row, by Cpu
  std::string text;            ///< "lock refs_guard"; "" if the row only names its context
  std::string value;           ///< "= 0", ":= 1", "busy"
  std::string why_switched;    ///< why the CPU has gone over to the context
  std::string why;             ///< why the operation came out so, where a reader would ask
  std::string place;           ///< "models/lu_ref/lu_ref.cpp:41"; "" if unknown
  unsigned number = 0;         ///< from 1: one of those that the finding is about
  std::size_t folded = 0;      ///< the row stands for so many others
};

/// An actor of the finding, in the order in which they acted.
struct LaneActor {
  unsigned number = 0;  ///< of its row; 0 if it has none
  std::string text;     ///< RecordedFinding::actors
  std::string locks;    ///< "holding lk, mutex", "with no lock held"; "" if it has no row
};

struct LaneRows {
  std::vector<LaneRow> rows;
  std::vector<LaneActor> actors;
};

/// @param finding   the one to show, of the recording; nullptr for none.
/// @param rows_max  beyond, early rows are folded; the finding's own stay. At least 20.
LaneRows lane_rows(const Recording& recording, const RecordedFinding* finding,
                   std::size_t rows_max);

}  // namespace heddle::traces
