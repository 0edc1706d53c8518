// Schedules of executions that reached something new: a pair of dependent places (coverage.hpp)
// that no execution of lower index had reached. They are what mutation.hpp starts from.
//
// An execution is recorded while it runs, and kept if its worker had not seen the pair before. When
// a phase is over (phases.hpp), those are kept whose pair nobody reached earlier, and of them and
// those of earlier phases the latest: pairs that are reached late are rare. So what is kept does
// not depend on who made which execution.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/ids.hpp"
#include "sim/explore/coverage.hpp"

namespace heddle::sim {

/// Steps of one context without another's between.
struct Run {
  ContextId context = no_context;
  std::uint16_t steps = 0;
  friend bool operator==(const Run&, const Run&) = default;
};

/// The beginning of an execution: all of it, if it has no more runs and values.
struct PooledSchedule {
  static constexpr std::size_t runs_max = 512;
  static constexpr std::size_t values_max = 64;

  std::uint64_t index = 0;  ///< of the execution
  std::uint32_t run_count = 0;
  std::uint32_t value_count = 0;
  std::array<Run, runs_max> runs;
  std::array<std::uint16_t, values_max> values;  ///< answers to choices of value and fault

  void add(ContextId context);
  void add(std::uint32_t value);
};

class SchedulePool {
 public:
  static constexpr std::size_t kept_max = 32;

  /// Takes address space for as many recordings as there can be pairs; used as needed.
  explicit SchedulePool(std::pmr::memory_resource& memory);

  void begin(std::uint64_t index);
  void step(ContextId context) { running_.add(context); }
  void value(std::uint32_t value) { running_.add(value); }
  void end(bool reached_something_new);

  /// Adds those of another worker; `coverage` is that of both.
  void gather(const SchedulePool& other, const Coverage& coverage);
  /// Appends, as lines of text, what is to be kept after the phase.
  void write(std::string& text, const Coverage& coverage) const;
  /// A phase begins, with what write() said.
  void read(std::string_view text);

  /// By index; none in the first phase.
  std::span<const PooledSchedule> kept() const { return kept_; }

 private:
  PooledSchedule running_;
  std::pmr::vector<PooledSchedule> made_;  // in the phase that runs
  std::pmr::vector<PooledSchedule> kept_;
};

}  // namespace heddle::sim
