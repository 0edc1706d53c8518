// What a world is built from, before anything runs. All of it stands in a trace's header.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/ids.hpp"

namespace heddle::sim {

/// When the kernel may take the CPU from a task that runs kernel code (as the kernel's own
/// configuration has it): at any step; where the code says might_sleep or cond_resched; only where
/// it blocks or calls cond_resched.
enum class Preemption : std::uint8_t { full, voluntary, none };
std::string_view word(Preemption preemption);
/// The inverse of word(). @returns false for a word that is none.
bool preemption_from(std::string_view word, Preemption& preemption);

/// Where plain accesses are steps of their own: nowhere; at the fields in MachineConfig::racy;
/// always. Race-free code needs no more than `sync`.
enum class Interleave : std::uint8_t { sync, racy, all };
std::string_view word(Interleave interleave);
/// The inverse of word(). @returns false for a word that is none.
bool interleave_from(std::string_view word, Interleave& interleave);

/// What cpu_relax does: it waits until somebody else has stepped, or nothing. With `spins` it is
/// for the strategy not to repeat a loop for nothing; reductions do so.
enum class Relaxing : std::uint8_t { waits, spins };
std::string_view word(Relaxing relaxing);
/// The inverse of word(). @returns false for a word that is none.
bool relaxing_from(std::string_view word, Relaxing& relaxing);

/// How virtual time passes: at any moment, as no relative speed is assumed, so that whoever waits
/// for a moment may go on at once, and the clock is moved there; or only when everybody waits, to
/// the earliest moment that somebody waits for.
enum class Time : std::uint8_t { asynchronous, clock };
std::string_view word(Time time);
/// The inverse of word(). @returns false for a word that is none.
bool time_from(std::string_view word, Time& time);

/// A field that was seen racing, named so that it means the same in every execution and build.
struct RacyField {
  std::string label;         ///< of the block (Block::label)
  std::uint64_t offset = 0;  ///< bytes from the block's start
  std::uint32_t size = 0;    ///< bytes
  friend auto operator<=>(const RacyField&, const RacyField&) = default;
};

/// How many allocations may fail in an execution. A hard failure hits any allocation. A soft one is
/// a shortage that reclaiming memory ends: an allocation that may wait sleeps and succeeds, one
/// that may not fails.
struct AllocationFaults {
  std::uint32_t hard = 0;
  std::uint32_t soft = 0;
  friend bool operator==(const AllocationFaults&, const AllocationFaults&) = default;
};

/// Reaching one of these ends an execution as "bound reached", never as a pass.
struct Limits {
  static constexpr std::uint64_t steps_most = 0xFFFF'FFFE;  ///< as many as checkers can tell apart
  std::uint64_t steps_max = 100'000;
  /// Plain accesses and calls between two steps; beyond, the code loops for ever.
  std::uint64_t accesses_between_steps_max = 5'000'000;
  /// How often cpu_relax returns though nobody else can step, or, where it spins, without a step
  /// that writes in between; beyond, the code spins for ever, and the execution is stuck.
  static constexpr std::uint32_t idle_relaxes_max = 100;
};

struct MachineConfig {
  std::uint16_t cpus = 1;  ///< 1..cpus_max
  Preemption preemption = Preemption::full;
  Interleave interleave = Interleave::sync;
  Relaxing relaxing = Relaxing::waits;
  Time time = Time::asynchronous;
  AllocationFaults allocation_faults;
  Limits limits;
  std::vector<RacyField> racy;  ///< sorted; used with Interleave::racy
};

}  // namespace heddle::sim
