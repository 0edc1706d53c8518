// What a campaign has for each of its worker processes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/explore/process.hpp"
#include "sim/explore/shared_memory.hpp"
#include "sim/explore/split.hpp"
#include "sim/explore/strategy.hpp"
#include "sim/explore/wire.hpp"
#include "sim/explore/worker.hpp"

namespace heddle::sim {

/// A place for a worker: its shared memory, which outlives the process, and the process.
struct Station {
  using Clock = std::chrono::steady_clock;
  /// Of addresses for the strategy, in memory that is shared; used as needed.
  static constexpr std::size_t strategy_bytes = std::size_t{1} << 30;

  explicit Station(std::size_t choices_max)
      : memory(strategy_bytes + choices_max * sizeof(Choice)),
        resource(SharedResource::create_in(memory)) {
    block = new (resource.allocate(sizeof(WorkerBlock), alignof(WorkerBlock))) WorkerBlock;
    log.entries =
        static_cast<Choice*>(resource.allocate(choices_max * sizeof(Choice), alignof(Choice)));
    log.capacity = choices_max;
    log.size = &block->choices;
  }

  SharedMemory memory;
  SharedResource& resource;
  WorkerBlock* block = nullptr;
  ChoiceLog log;
  Strategy* strategy = nullptr;
  SplitSearch* split = nullptr;    // the strategy, if it is split
  SplitSearch* scratch = nullptr;  // the leader's: see BranchLeader
  std::size_t number = 0;
  std::unique_ptr<Child> child;
  wire::Inbox inbox;
  std::vector<std::string> slot_fingerprints;
  bool is_helper() const { return split != nullptr && number != 0; }
  bool open = false;      // the socket's other end is there
  bool waiting = false;   // for the next phase
  bool done = false;      // has said that it has nothing left to do
  bool finished = false;  // nobody works here any more
  bool hangs = false;     // killed for that
  bool cut = false;       // killed because the campaign ends

  // When the worker was last seen making a choice or starting an execution.
  std::uint64_t beat_ordinal = 0;
  std::uint64_t beat_choices = 0;
  double beat_cpu_s = 0;
  Clock::time_point beat_time{};
};

}  // namespace heddle::sim
