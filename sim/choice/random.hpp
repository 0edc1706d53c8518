// Chooses each way with equal probability.
#pragma once

#include "sim/choice/choice.hpp"
#include "sim/core/rng.hpp"

namespace heddle::sim {

class RandomChooser final : public Chooser {
 public:
  explicit RandomChooser(std::uint64_t seed = 0) : rng_(seed) {}
  void seed(std::uint64_t seed) { rng_ = Rng(seed); }

  ContextId schedule(const SchedulePoint& point) override;
  std::uint32_t value(Reason reason, std::uint32_t arity) override;

  /// See Rng::end_state().
  std::uint32_t end_state() const { return rng_.end_state(); }

 private:
  Rng rng_;
};

}  // namespace heddle::sim
