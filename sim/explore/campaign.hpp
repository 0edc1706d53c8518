// A campaign: many executions in worker processes, and what they found. A worker that dies or never
// comes back is a finding; the campaign goes on behind it.
//
// Choices are written to memory that the parent shares, as they are made. Findings come over a
// socket as soon as they are seen. So nothing that a worker knew is lost with it.
//
// The same executions are made and the same result comes out under any number of jobs, unless a
// time limit or the stop flag cuts the campaign short.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/core/finding.hpp"
#include "sim/explore/counts.hpp"
#include "sim/explore/execution.hpp"
#include "sim/explore/phases.hpp"
#include "sim/explore/process.hpp"
#include "sim/explore/strategy.hpp"

namespace heddle::sim {

/// Where one of a finding's actors stands.
struct ReportPlace {
  std::string text;      ///< "adder.2 writes x at models/m.cpp:41 (add)"
  std::string function;  ///< "" if unknown
  std::string file;      ///< relative to the source root if it is below; "" if unknown
  std::uint32_t line = 0;
};

/// A finding as others see it: text instead of numbers.
struct Report {
  FindingKind kind = FindingKind::invariant;
  std::string fingerprint;            ///< equal for two findings that are the same bug
  std::string message;                ///< one sentence, or a few lines
  std::string trace;                  ///< a complete trace file
  std::vector<ReportPlace> places{};  ///< of its actors, in the message's order; may be none
};

/// What a campaign explores. Built in the parent, used in the workers, which are forks of it.
class Subject : public Execution {
 public:
  /// Facts that executions of earlier phases have learned hold from now on (such as: this field is
  /// racy). Sorted, each once. An execution is a function of its index and these.
  virtual void begin_phase(std::span<const std::string> facts) = 0;
  /// Moves what the last execution has learned, and no earlier one did, to the end of `facts`.
  virtual void take_facts(std::vector<std::string>& facts) = 0;
  /// What the last execution found. Findings of equal kind, detail and places count as one.
  virtual std::span<const Finding> findings() const = 0;
  /// Makes a finding of the last execution presentable. May run the same choices again, and so
  /// replace the last execution. Called once a worker for each distinct finding.
  virtual Report describe(const Finding& finding, std::uint64_t index,
                          std::span<const Choice> choices) = 0;
  /// The same for an execution whose process was lost after `choices`. Must not execute the last
  /// choice again; called in a process of its own.
  virtual Report describe(const Death& death, std::uint64_t index,
                          std::span<const Choice> choices) = 0;
};

struct Found {
  Report report;                  ///< of the execution first_index
  std::uint64_t first_index = 0;  ///< the least index of an execution with this finding
  std::uint64_t count = 0;        ///< how many executions had it
};

struct Progress {
  Counts counts;
  std::uint64_t executions_max = 0;  ///< 0: not known
  std::size_t findings = 0;
  std::uint64_t depth = 0;  ///< choices of the longest execution so far
  double share_done = 0;    ///< of a search's tree, see Strategy; 0: not known
  double seconds = 0;       ///< since the start
};

struct CampaignOptions {
  std::uint64_t first = 0;           ///< index of the first execution; strategies that are indexed
  std::uint64_t executions = 2'000;  ///< at most; 0: as many as the strategy has
  double time_s = 0;                 ///< wall-clock time; 0: no limit
  std::uint32_t jobs = 1;            ///< worker processes; one if the strategy is not indexed
  /// A search without a limit on executions has as many processes, too: see branches.hpp.
  bool split = false;
  std::uint32_t shard = 0;  ///< makes the executions of index = first + shard modulo shards
  std::uint32_t shards = 1;
  /// The campaign ends with the finding of the least index for which this holds, and with those
  /// before it; empty: with none.
  std::function<bool(const Report&)> enough;
  bool phases = false;             ///< share facts and knowledge between phases (phases.hpp)
  std::vector<std::string> facts;  ///< known from the start, sorted; without phases too
  std::string knowledge;           ///< what the strategy knows from the start
  double hang_cpu_s = 10;          ///< a worker that chooses nothing for so long is lost
  std::size_t choices_max = std::size_t{1} << 20;    ///< of an execution; more: bound reached
  const volatile std::sig_atomic_t* stop = nullptr;  ///< not 0: end soon, with a result

  /// Where an earlier campaign of a search stopped (on_checkpoint); empty: from the start. Its
  /// executions and findings count as this one's; `executions` is how many both make.
  std::string checkpoint;
  double checkpoint_s = 0;  ///< how often on_checkpoint is called at least; 0: only at the end
  /// Searches: takes what a later campaign needs to go on behind the executions made so far.
  std::function<void(std::string_view)> on_checkpoint;

  /// Builds a strategy in `memory`; called once for each worker, in the parent.
  std::function<Strategy&(std::pmr::memory_resource& memory)> strategy;
  std::function<void(const Progress&)> on_progress;  ///< every 100 ms or so, and at the end
  /// As soon as a finding is known, and again when an execution of lower index is seen to have it.
  std::function<void(const Found&)> on_finding;
};

struct CampaignResult {
  Counts counts;
  std::vector<Found> findings;     ///< by first_index, then fingerprint
  std::vector<std::string> facts;  ///< all that was learned, sorted
  std::string knowledge;           ///< what the strategy has learned
  std::uint64_t states = 0;        ///< that were met; 0: they were not compared
  std::uint64_t coverage = 0;      ///< pairs of dependent places that were reached; 0: not counted
  std::uint64_t depth = 0;         ///< choices of the longest execution
  double share_done = 0;           ///< of a search's tree, see Strategy; 0: not known
  double seconds = 0;
  std::uint64_t findings_dropped = 0;  ///< distinct ones beyond what a worker keeps (256)
  std::uint32_t workers_lost = 0;
  bool exhausted = false;  ///< the strategy had no further execution
  bool timed_out = false;
  bool interrupted = false;     ///< by the stop flag
  bool diverged = false;        ///< the code under test is not deterministic
  bool internal_error = false;  ///< a worker found a bug of heddle itself, and has said so
  bool gave_up = false;         ///< workers died too often for the campaign to go on
  bool unreadable = false;      ///< the checkpoint is not one of this search; nothing was executed
};

/// Runs a campaign to its end. The calling process must be single-threaded.
CampaignResult run_campaign(Subject& subject, const CampaignOptions& options);

}  // namespace heddle::sim
