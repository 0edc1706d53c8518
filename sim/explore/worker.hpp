// A worker process of a campaign: makes executions, counts, and tells what it finds.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/explore/campaign.hpp"
#include "sim/explore/counts.hpp"
#include "sim/explore/strategy.hpp"
#include "sim/explore/wire.hpp"

namespace heddle::sim {

class BranchLeader;

/// What all processes of a campaign share. Work is dealt out by ordinal: 0, 1, 2, … of this shard.
struct CampaignControl {
  std::atomic<std::uint64_t> next{0};             ///< the first ordinal that nobody has taken
  std::atomic<std::uint64_t> phase_end{0};        ///< wait for the next phase before this one
  std::atomic<std::uint64_t> end{0};              ///< the first ordinal that is not to be executed
  std::atomic<bool> stop{false};                  ///< end as soon as the running execution is over
  std::atomic<std::uint32_t> branches_wanted{0};  ///< helpers with nothing to do (branches.hpp)
  std::atomic<bool> checkpoint{false};            ///< the worker is to tell one when it is over
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free,
              "only lock-free atomics work between processes");

/// How often a finding was seen by one worker process.
struct FindingSlot {
  std::uint64_t count = 0;    ///< executions
  std::uint64_t counted = 0;  ///< the last ordinal that was counted, + 1
};

/// What a worker shares with its parent. Written by the worker; the parent reads it at any time,
/// and relies on it when the worker has died.
struct WorkerBlock {
  static constexpr std::size_t slots_max = 256;

  enum class State : std::uint32_t {
    idle,
    executing,   ///< `ordinal` is being executed
    deciding,    ///< the strategy is told how an execution ended
    describing,  ///< the findings of `ordinal` are made presentable
    lost         ///< set by the parent: died while executing; the next worker tells the strategy
  };
  std::atomic<State> state{State::idle};
  std::atomic<std::uint64_t> ordinal{0};
  std::uint64_t taken = 0;  ///< ordinals [taken, taken_end) are this worker's to execute
  std::uint64_t taken_end = 0;
  volatile std::uint64_t choices = 0;   ///< made in execution `ordinal`
  std::atomic<std::uint64_t> depth{0};  ///< choices of the longest execution so far
  std::atomic<double> share_done{0};    ///< see Strategy; brought up to date now and then
  Counts counts;
  std::uint64_t findings_dropped = 0;     ///< distinct ones beyond slots_max
  std::atomic<std::uint64_t> dropped{0};  ///< helpers: the branch that nobody wants any more
  std::array<FindingSlot, slots_max> slots{};
};

/// A report as a part of a message, and back. @returns false if it is none.
wire::Writer& write(wire::Writer& writer, const Report& report);
bool read(wire::Reader& reader, Report& report);

/// Runs in the worker process, from its start to its end.
class Worker {
 public:
  Worker(Subject& subject, Strategy& strategy, const CampaignOptions& options,
         CampaignControl& control, WorkerBlock& block, ChoiceLog log, int socket);

  /// @param leader  what is called between executions; nullptr: nothing.
  void run(BranchLeader* leader);

 private:
  enum class Next : std::uint8_t { execute, phase_over, finished };

  Next take_work();
  void execute(std::uint64_t ordinal);
  void measure();
  void tell_checkpoint();
  void tell_facts();
  void count_findings(std::uint64_t ordinal);
  std::size_t describe(const Finding& finding, std::uint64_t ordinal);
  bool await_phase();
  std::uint64_t index_of(std::uint64_t ordinal) const {
    return options_.first + options_.shard + ordinal * options_.shards;
  }

  Subject& subject_;
  Strategy& strategy_;
  const CampaignOptions& options_;
  CampaignControl& control_;
  WorkerBlock& block_;
  ChoiceLog log_;
  int socket_;
  std::vector<std::string> facts_;
  std::vector<Finding> findings_;
  std::unordered_map<std::uint64_t, std::size_t> slot_by_key_;  // looked up only, never iterated
  std::unordered_map<std::string, std::size_t> slot_by_fingerprint_;
};

}  // namespace heddle::sim
