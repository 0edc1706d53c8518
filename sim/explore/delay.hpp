// Random delay bounding: the schedule of a plain round robin without preemption, but for a few
// points at which the context whose turn it is is passed over.
//
// Source: Emmi, Qadeer, Rakamaric, "Delay-bounded scheduling", POPL 2011, section 3; the points are
// drawn, as in Thomson, Donaldson, Betts, "Concurrency testing using schedule bounding", PPoPP
// 2014. Deviation, for fairness: beyond twice the expected length the walk is uniform.
#pragma once

#include <array>
#include <cstdint>

#include "sim/explore/walk.hpp"

namespace heddle::sim {

class DelayWalk final : public Walk {
 public:
  static constexpr std::uint32_t delays_max = 64;
  /// @param delays  how many points, 0..delays_max.
  explicit DelayWalk(std::uint32_t delays);

  ContextId schedule(const SchedulePoint& point) override;

 private:
  void prepare() override;

  std::uint32_t delays_;
  std::uint32_t decision_ = 0;
  std::uint32_t next_ = 0;                          // into points_
  ContextId turn_{};                                // who was chosen last
  std::array<std::uint32_t, delays_max> points_{};  // sorted
};

}  // namespace heddle::sim
