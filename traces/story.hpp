// An execution as data for everything that shows it: the rows of story_rows.hpp with what connects
// them. Reads and the stores they are from, locks with holders and waiters, values of variables,
// happens-before, calls, and the ways that were not taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "traces/places.hpp"
#include "traces/recorder.hpp"
#include "traces/story_rows.hpp"

namespace heddle::traces {

/// A way that was not taken: who could have stepped instead, and with what.
struct StoryOption {
  sim::ContextId context;
  std::string text;                  ///< "lock refs_guard"
  std::optional<std::size_t> frame;  ///< Story::frames
};

struct StoryEntry : StoryRow {
  std::string kind;            ///< the event's word, such as "lock"; "" if it came of no event
  bool takes_step = false;     ///< the first row of a step
  bool is_preemption = false;  ///< the one who stepped before could have gone on
  bool is_aside = false;       ///< a plain access of shared memory, which is no step
  bool is_folded = false;      ///< not worth showing at first, see worth_showing()
  std::size_t gap = 0;         ///< how many rows were left out before it, see StoryOptions
  std::optional<std::size_t> reads_from;  ///< the row that stored what this one reads
  std::optional<std::size_t>
      handed_by;           ///< a lock is taken: or a message: the row in which another let it go
  std::uint32_t time = 0;  ///< the context's own time, from 1
  /// By ContextId: up to which of its times each context comes before this row. A row of another
  /// context happens before this one exactly if its time is at most that.
  std::vector<std::uint32_t> clock;
  std::vector<std::size_t> stack;    ///< Story::frames, innermost first
  std::vector<StoryOption> others;   ///< if it was chosen: the ways not taken
  std::vector<std::string> choices;  ///< other choices in the step: "allocation: 1 of 2"
};

/// Rows [from, to], both included, in which a context does something.
struct StorySpan {
  std::size_t from = 0;
  std::size_t to = 0;
  sim::ContextId context;
  CpuLook look = CpuLook::runs;  ///< of a CPU; of a lock: runs is holds, spins is waits
};

struct StoryLane {
  sim::Cpu cpu;
  std::string host;  ///< "" where there are no hosts
  std::vector<StorySpan> spans;
};

struct StoryLock {
  std::string name;
  std::vector<StorySpan> spans;  ///< by their first rows; those of several contexts may overlap
};

struct StoryVariable {
  std::string name;
  std::string initial;  ///< what was read of it before anybody is seen to store; "" if nothing
  std::vector<std::pair<std::size_t, std::string>> stores;  ///< row, value
};

struct Story {
  std::vector<RecordedContext> contexts;
  std::vector<StoryEntry> rows;
  std::vector<StoryActor> actors;
  std::string hint;                 ///< StoryRows::hint
  std::vector<SourcePlace> frames;  ///< each once
  std::vector<StoryLane> lanes;     ///< the CPUs with rows, ascending; not for what is outside
  std::vector<StoryLock> locks;
  std::vector<StoryVariable> variables;
  std::size_t rows_left_out = 0;  ///< see StoryOptions
  std::optional<RecordedFinding> finding;
  sim::Outcome outcome = sim::Outcome::finished;
  sim::StepIndex steps = 0;
  std::uint64_t switches = 0;
  std::uint64_t preemptions = 0;
  std::uint64_t interrupts = 0;
  std::uint64_t faults = 0;
};

struct StoryOptions {
  bool with_asides = true;
  /// Beyond, rows are left out that are far from what the finding is about.
  std::size_t rows_max = std::numeric_limits<std::size_t>::max();
};

/// @param trace      says which finding it is about; its choices are not looked at.
/// @param recording  made with a CausalOrder; without one times, calls and ways are missing.
/// Deterministic. Cost O(rows * contexts + bytes read and written).
Story story_of(const Trace& trace, const Recording& recording, const StoryOptions& options = {});

}  // namespace heddle::traces
