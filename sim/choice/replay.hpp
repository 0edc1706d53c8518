// Repeats recorded choices, and gives up at the first one that no longer fits.
#pragma once

#include <cstddef>
#include <span>

#include "sim/choice/choice.hpp"

namespace heddle::sim {

/// Repeats `choices`; after the last one it gives up, unless a chooser for the rest is given.
class ReplayChooser final : public Chooser {
 public:
  explicit ReplayChooser(std::span<const Choice> choices, Chooser* rest = nullptr)
      : choices_(choices), rest_(rest) {}

  ContextId schedule(const SchedulePoint& point) override;
  std::uint32_t value(Reason reason, std::uint32_t arity) override;

  /// How many choices were repeated.
  std::size_t position() const { return position_; }
  /// Did a recorded choice not fit what the execution asked?
  bool diverged() const { return diverged_; }

 private:
  bool fits(Reason reason, std::uint32_t arity);

  std::span<const Choice> choices_;
  Chooser* rest_;
  std::size_t position_ = 0;
  bool diverged_ = false;
};

}  // namespace heddle::sim
