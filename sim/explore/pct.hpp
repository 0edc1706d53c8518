// Probabilistic concurrency testing, PCT(d): random priorities, and d - 1 points at which whoever
// runs gets the lowest one. A bug that needs d orderings among n contexts and k decisions is found
// with probability 1/(n k^(d-1)) at least.
//
// Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic
// guarantees of finding bugs", ASPLOS 2010, section 3. Deviations, for fairness: a context that
// yields falls to the lowest priority, as in Shuttle; beyond twice the expected length the walk is
// uniform, as in Coyote's fair PCT. Only decisions count, not forced steps; but k is the mean
// number of steps, which schedules change less.
#pragma once

#include <array>
#include <cstdint>

#include "sim/explore/walk.hpp"

namespace heddle::sim {

class Pct final : public Walk {
 public:
  static constexpr std::uint32_t depth_max = 64;
  /// @param depth  d, 1..depth_max.
  explicit Pct(std::uint32_t depth);

  ContextId schedule(const SchedulePoint& point) override;

 private:
  void prepare() override;
  ContextId highest(ContextSet enabled) const;
  void lower(ContextId id) { priorities_[id.value] = --lowest_; }

  std::uint32_t changes_;  // d - 1
  std::uint32_t decision_ = 0;
  std::uint32_t next_change_ = 0;                  // into points_
  std::array<std::uint32_t, depth_max> points_{};  // sorted
  ContextSet known_;                               // who has a priority
  ContextSet last_enabled_;
  ContextId top_ = no_context;
  std::uint64_t lowest_ = 0;  // below all that are drawn
  std::array<std::uint64_t, contexts_max> priorities_{};
};

}  // namespace heddle::sim
