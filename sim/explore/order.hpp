// Which open way out of a state is taken first. An order changes when something is found, never
// whether it is.
#pragma once

#include "sim/explore/path.hpp"

namespace heddle::sim {

class Order {
 public:
  virtual ~Order() = default;
  /// @returns a member of frame.todo. @pre not empty. Must depend on nothing but the frame.
  virtual ContextId pick(const Frame& frame) const = 0;
};

/// Goes on with the context that took the last step, else takes the least id: so executions with
/// few switches come first, which are the easiest to read and leave the fewest races to reverse.
class StayOrder final : public Order {
 public:
  ContextId pick(const Frame& frame) const override {
    if (frame.last != no_context && frame.todo.contains(frame.last)) return frame.last;
    return frame.todo.first();
  }
};

}  // namespace heddle::sim
