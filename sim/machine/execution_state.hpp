// What the machine itself knows of the running execution, in one piece, so that a state is saved
// and gone back to by copying it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "sim/core/context_set.hpp"
#include "sim/core/ids.hpp"
#include "sim/machine/config.hpp"
#include "sim/machine/context.hpp"

namespace heddle::sim {

/// Part of the Machine, which says what may be done with it.
class ExecutionState {
 public:
  /// What the vocabulary keeps of the running execution, each part under its number; nullptr at the
  /// start.
  static constexpr std::size_t kernel_parts_max = 4;

 protected:
  // Read or written at every step.
  Context* running_ = nullptr;
  ContextSet ready_;     // whose announced operation could execute
  ContextSet eligible_;  // whom their CPU would let step
  ContextSet unstarted_;
  ContextSet relaxing_;  // wait until somebody else has stepped
  ContextSet may_spin_;  // would begin to spin if chosen
  ContextSet awaiting_;  // wait for a value in memory
  ContextId last_ = no_context;
  ContextId alone_ = no_context;  // nobody else steps: during set-up and finally
  bool stop_ = false;
  bool finalised_ = false;
  // There are daemons, somebody waits for a moment, or states are compared.
  bool needs_care_ = false;
  StepIndex step_ = 0;
  std::uint32_t live_ = 0;  // tasks and handlers that have not ended
  std::uint32_t raised_ = 0;
  std::uint64_t changes_ = 0;  // events that changed something (changes_something)

  ContextSet timed_;  // wait for a moment that comes by the clock
  std::int64_t now_ms_ = 0;
  std::uint16_t context_count_ = 0;
  std::uint16_t cpu_count_ = 1;
  std::uint16_t cpus_taken_ = 0;  // by hosts
  std::uint16_t cpus_used_ = 1;   // those from here on are as CpuState::clear() leaves them
  bool has_sources_ = false;
  bool faults_granted_ = false;
  bool settling_ = false;
  HostId boots_host_;
  std::uint32_t daemons_ = 0;       // of those that have not ended
  std::uint32_t idle_relaxes_ = 0;  // relaxes that ended though nobody else stepped
  AllocationFaults allocation_faults_left_;
  std::array<void*, kernel_parts_max> kernel_parts_{};  // last: what is copied has no loose end
};
static_assert(std::is_trivially_copyable_v<ExecutionState>);

}  // namespace heddle::sim
