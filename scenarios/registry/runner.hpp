// Runs scenarios: campaigns, replays, and the check that executions are deterministic. What the
// command line and tests ask for, put together from machine, checkers, strategies and traces.
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/registry/scenario.hpp"
#include "scenarios/registry/strategy.hpp"
#include "scenarios/registry/variant.hpp"
#include "sim/choice/choice.hpp"
#include "sim/explore/campaign.hpp"
#include "sim/explore/preemption.hpp"
#include "sim/explore/reduction.hpp"
#include "sim/machine/machine.hpp"
#include "traces/recorder.hpp"
#include "traces/schedule.hpp"

namespace heddle::scenarios {

class Rig;
struct TurningPoint;
struct TurningRequest;

struct RunRequest {
  Variant variant;
  StrategyKind strategy = StrategyKind::random;
  std::optional<std::uint32_t> parameter;  ///< default: StrategyInfo::usual
  std::uint64_t seed = 1;
  std::uint64_t executions = 0;  ///< 0: sampling: the scenario's own budget; else no limit
  /// Where the variant leaves the workload open: how many are generated, from index 0, each
  /// explored with this request. 0: the scenario's own number, or with a time limit as many as it
  /// allows.
  std::uint64_t workloads = 0;
  bool shrink = true;  ///< a generated workload with a finding is made smaller
  /// Sampling: makes just the execution of this index, as a whole campaign makes it. Those that it
  /// is to have learned from are made first, unseen.
  std::optional<std::uint64_t> only;
  double time_s = 0;        ///< wall-clock time; 0: no limit
  std::uint32_t jobs = 1;   ///< worker processes; searches use one, but for `split`
  bool split = false;       ///< dfs: see sim::CampaignOptions
  std::uint32_t shard = 0;  ///< 0..shards - 1; sampling only
  std::uint32_t shards = 1;
  /// Of dfs. Where time goes by the clock none is used, as the result says: none knows its order.
  sim::Reduction reduction = sim::Reduction::none;
  /// Searches; default: the scenario's; or sim::no_preemption_bound.
  std::optional<std::uint32_t> preemptions;
  std::function<bool(const sim::Report&)> enough;  ///< see sim::CampaignOptions
  /// Executions go on from saved states of earlier ones (Machine::use_snapshots).
  bool snapshots = true;
  double hang_cpu_s = 10;
  const volatile std::sig_atomic_t* stop = nullptr;  ///< not 0: end soon, with a result
  std::string checkpoint;  ///< searches: see sim::CampaignOptions, as the next two
  double checkpoint_s = 0;
  std::function<void(std::string_view)> on_checkpoint;
  std::function<void(const sim::Progress&)> on_progress;
  std::function<void(const sim::Found&)> on_finding;  ///< see sim::CampaignOptions
  /// Generated workloads: before each campaign. `candidate` is 0, or counts the smaller ones that
  /// are tried for a finding of workload `index`.
  std::function<void(std::uint64_t index, std::uint64_t candidate)> on_workload;
};

/// Does the request leave it to the runner which workloads it is about?
bool has_generated_workloads(const RunRequest& request);

/// Under which workload a finding of a property was made.
struct FoundUnder {
  std::string workload;          ///< shrunk, if that was asked for
  std::string generated;         ///< what it was at first
  std::uint64_t index = 0;       ///< which of the generated ones that was
  std::uint64_t seed = 0;        ///< of the campaign with it; Found::first_index belongs to that
  std::uint64_t executions = 0;  ///< of that campaign
  std::uint64_t candidates = 0;  ///< how many smaller workloads were explored
};

enum class Verdict : std::uint8_t { clean, finding, inconclusive };
std::string_view word(Verdict verdict);

struct RunResult {
  Verdict verdict = Verdict::inconclusive;
  bool exhaustive = false;  ///< clean: nothing is left within `bounds`
  /// "clean (exhaustive within 2 preemptions)", "clean (2000 executions, not exhaustive)"
  std::string verdict_text;
  std::string reason;  ///< inconclusive: why, as a sentence; else empty
  std::vector<std::pair<std::string, std::uint64_t>>
      bounds;  ///< by name: "preemptions", "steps", …
  StrategyKind strategy = StrategyKind::random;
  sim::Reduction reduction = sim::Reduction::none;
  std::optional<std::uint32_t> parameter;
  std::uint64_t seed = 0;
  sim::CampaignResult campaign;  ///< counts, findings with traces, time
  /// Generated workloads: how many were explored (the last one may have the findings), and by
  /// finding under which one it was made. Else 0 and empty.
  std::uint64_t workloads = 0;
  std::vector<FoundUnder> found_under;
  /// The code under test is not deterministic: nothing else of the result can be relied on.
  bool nondeterministic = false;
  double executions_per_s() const {
    return campaign.seconds > 0 ? static_cast<double>(campaign.counts.all()) / campaign.seconds : 0;
  }
};

/// What one execution came to.
struct Attempt {
  sim::Outcome outcome = sim::Outcome::given_up;
  bool diverged = false;                  ///< a choice did not fit what the execution asked
  std::size_t choices_used = 0;           ///< how many of the given choices were repeated
  std::vector<sim::Choice> choices;       ///< those that were made
  std::vector<std::string> fingerprints;  ///< of what was found, in the order in which it was found
  sim::StepIndex steps = 0;
};

struct ReplayResult {
  enum class Kind : std::uint8_t {
    same,       ///< the trace's finding came again
    different,  ///< the choices fit, but the finding did not come; `text` says what did
    diverged,   ///< `text`: expected …, at step N, found …
    lost,       ///< the process that was to repeat it died, for no reason that the trace knows
    unreadable  ///< the trace cannot be replayed here: `text` says what, where, what to do
  };
  Kind kind = Kind::unreadable;
  std::string text;                   ///< a sentence or a few lines, for people
  std::vector<sim::Report> findings;  ///< what the replay found, each with a newly written trace
  std::string rendering;              ///< what `render` made of it; "" without one
};

/// Makes something to show of a replayed execution, in the process that replays it. The recording
/// is made with a CausalOrder.
using Render = std::function<std::string(const traces::Trace&, const traces::Recording&)>;

struct MinimiseProgress {
  std::uint64_t attempts = 0;
  std::uint64_t preemptions = 0;  ///< of the smallest so far
  std::uint64_t steps = 0;
};

struct MinimiseRequest {
  std::uint64_t attempts_max = 2'000;                ///< executions
  bool workload = false;                             ///< a generated workload is made smaller, too
  const volatile std::sig_atomic_t* stop = nullptr;  ///< not 0: end soon, with the best so far
  /// Every tenth of a second or so.
  std::function<void(const MinimiseProgress&)> on_progress = nullptr;
};

struct MinimiseResult {
  enum class Kind : std::uint8_t {
    minimised,   ///< `report` has the trace; the same bytes as before if nothing smaller was found
    different,   ///< the trace's finding does not come again; `text` says what happens
    lost,        ///< executions take their process along, so none could be tried; `text` says so
    unreadable,  ///< the trace cannot be repeated here: `text` says what, where, what to do
  };
  Kind kind = Kind::unreadable;
  std::string text;
  sim::Report report;
  traces::Cost before;
  traces::Cost after;
  std::string workload;  ///< of the smallest; "" if there is none
  std::uint64_t attempts = 0;
  bool complete = false;  ///< nothing smaller is in reach; else: the attempts or the time ran out
  bool interrupted = false;  ///< by MinimiseRequest::stop; what was reached until then is told
};

struct DeterminismResult {
  bool deterministic = false;
  std::uint64_t executions = 0;   ///< how many were compared
  std::uint64_t fingerprint = 0;  ///< over all events of all of them; equal in every build
  std::string difference;         ///< empty, or: execution, and the first differing event of both
};

/// Owns the process's only machine. Campaigns, replays and checks run in child processes, so that
/// code under test never takes the caller along; the calling process must be single-threaded.
class Runner {
 public:
  Runner();
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// With generated workloads: stops at the first one with a finding, and shrinks it, for each
  /// finding apart: a smaller workload counts if a campaign with it has the same finding.
  RunResult run(const RunRequest& request);

  /// Repeats the choices of a trace file's text, and renders what was repeated if that is asked
  /// for.
  ReplayResult replay(std::string_view trace_text, const Render& render = nullptr);

  /// Makes the schedule of a trace file's text smaller, with the same finding.
  /// Cost: at most the request's attempts, and 100 s of CPU time.
  MinimiseResult minimise(std::string_view trace_text, const MinimiseRequest& request);

  /// From where on the finding of a trace file's text cannot be avoided, and the execution that is
  /// nearest to the trace and goes without it: turning_point.hpp.
  TurningPoint turning_point(std::string_view trace_text, const TurningRequest& request);

  /// Repeats a trace in this process, for a debugger. Before step `until` is executed, and before
  /// every one after it, `stop` is called on the stack of who stepped last.
  /// @returns "" when the execution is over, or what is wrong with the trace.
  std::string replay_here(std::string_view trace_text, sim::StepIndex until,
                          void (*stop)(const sim::Machine& machine, sim::ContextId next));

  /// Executes a variant with these choices. When they are used up, the
  /// execution goes on with the context that stepped last, and takes the first way elsewhere. Runs
  /// in this process, as it is for many attempts; crashes of the code under test are findings all
  /// the same. `config` is that of a trace.
  Attempt attempt(const Variant& variant, const sim::MachineConfig& config,
                  std::span<const sim::Choice> choices);

  /// Makes executions 0..count - 1 of the request twice, in two processes, and compares all that
  /// happened in them and the end states of the generator.
  DeterminismResult check_determinism(const RunRequest& request, std::uint64_t count = 16);

 private:
  RunResult run_one(const RunRequest& request);
  RunResult run_workloads(const RunRequest& request);
  void shrink(RunResult& result, std::size_t finding, const RunRequest& request);

  std::unique_ptr<Rig> rig_;
};

}  // namespace heddle::scenarios
