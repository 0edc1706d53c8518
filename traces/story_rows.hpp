// From a recorded execution to the rows that tell it: what is worth a row, on whose CPU, and why it
// went that way. What lanes, pages and exports are all made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/ids.hpp"
#include "traces/recorder.hpp"

namespace heddle::traces {

/// What a CPU is seen doing between the rows of its column.
enum class CpuLook : std::uint8_t { idle, runs, spins, handles };

struct StoryRow {
  enum class Mark : std::uint8_t { starts, resumes, goes_on, enters, handles, leaves, ends };

  sim::StepIndex step = 0;
  sim::Cpu cpu{};
  sim::ContextId context = sim::no_context;
  Mark mark = Mark::goes_on;
  std::vector<CpuLook> looks;        ///< of the CPUs after the row, by Cpu
  std::string object;                ///< that it is about, by name; "" for none
  std::string text;                  ///< "lock refs_guard"; "" if the row only names its context
  std::string value;                 ///< "= 0", ":= 1", "busy"
  std::string why_switched;          ///< why the CPU has gone over to the context
  std::string why;                   ///< why the operation came out so, where a reader would ask
  sim::Place at;                     ///< where the code stands
  std::string place;                 ///< the same: "models/lu_ref/lu_ref.cpp:41"; "" if unknown
  std::vector<std::string> holds;    ///< the locks that the context held before it
  unsigned number = 0;               ///< from 1: one of those that the finding is about
  std::optional<std::size_t> event;  ///< Recording::events; nothing for what came of no event
};

/// An actor of the finding, in the order in which they acted.
struct StoryActor {
  unsigned number = 0;  ///< of its row; 0 if it has none
  std::string text;     ///< RecordedFinding::actors
  std::string locks;    ///< "holding lk, mutex", "with no lock held"; "" if it has no row
};

struct StoryRows {
  std::vector<StoryRow> rows;
  std::vector<StoryActor> actors;
  std::string hint;  ///< what would have kept it from happening; "" where that is not certain
};

/// @param finding      the one to tell of, of the recording; nullptr for none.
/// @param with_asides  RecordedEvent::is_aside gets rows, too.
StoryRows story_rows(const Recording& recording, const RecordedFinding* finding,
                     bool with_asides = false);

/// Of the findings of a recording, the one that the trace is about: with its fingerprint, else its
/// kind, else the first. nullptr if there is none.
const RecordedFinding* shown_finding(const Trace& trace, const Recording& recording);

}  // namespace heddle::traces
