// The uniform walk over interleavings: a context is chosen in proportion to the steps that it and
// its descendants still have to take. If the counts are exact and nobody blocks, all interleavings
// are equally probable; the random walk prefers those in which short contexts end early.
//
// Source: Zhao, Wolff, Mathur, Roychoudhury, "Selectively uniform concurrency testing", ASPLOS
// 2025, section 3 (algorithm URW).
#pragma once

#include <array>
#include <cstdint>

#include "sim/explore/walk.hpp"

namespace heddle::sim {

class UniformWalk final : public Walk {
 public:
  ContextId schedule(const SchedulePoint& point) override;
  bool wants_forced() const override { return true; }
  void forced(const SchedulePoint& point) override {
    meet(point.enabled);
    executed(point.enabled.first());
  }

 private:
  void prepare() override;
  /// A new context takes its steps out of its creator's.
  void meet(ContextSet enabled);
  /// At least 1: estimates run out, contexts do not.
  std::uint32_t weight(ContextId id) const { return left_[id.value] == 0 ? 1 : left_[id.value]; }
  void executed(ContextId id) {
    if (left_[id.value] != 0) --left_[id.value];
  }

  ContextSet met_;
  std::array<std::uint32_t, contexts_max> left_{};
};

}  // namespace heddle::sim
