// The uniform random walk: each way with equal probability, at every choice.
#pragma once

#include "sim/choice/random.hpp"
#include "sim/core/rng.hpp"
#include "sim/explore/strategy.hpp"
#include "sim/explore/walk.hpp"

namespace heddle::sim {

/// Execution k draws from its own generator, seeded with mix(seed, k): any execution restarts
/// alone.
class RandomWalk final : public Strategy {
 public:
  explicit RandomWalk(std::uint64_t seed) : seed_(seed) {}

  Chooser& begin(std::uint64_t index) override {
    chooser_.seed(mix(seed_, index));
    return chooser_;
  }
  void end(Outcome) override {}
  bool has_next() const override { return true; }
  bool is_indexed() const override { return true; }

 private:
  std::uint64_t seed_;
  RandomChooser chooser_;
};

/// The same as one of a sampler's walks.
class PlainWalk final : public Walk {
 public:
  ContextId schedule(const SchedulePoint& point) override { return any_of(point.enabled); }
};

}  // namespace heddle::sim
