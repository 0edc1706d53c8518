// A strategy: what chooses, execution after execution.
#pragma once

#include <cstdint>

#include "sim/choice/choice.hpp"
#include "sim/core/outcome.hpp"

namespace heddle::sim {

/// begin() and end() alternate. What a strategy must remember from one execution to the next lies in
/// the memory that it was built in (see campaign.hpp), so that it outlives a worker process that dies
/// in the middle of an execution: then end(Outcome::stopped) is called by the worker that follows.
class Strategy {
 public:
  virtual ~Strategy() = default;

  /// @returns what chooses in execution `index`; valid until the next call. @pre has_next().
  virtual Chooser& begin(std::uint64_t index) = 0;
  virtual void end(Outcome outcome) = 0;
  /// Is there an execution that has not been made? A random strategy always says yes.
  virtual bool has_next() const = 0;

  /// Does execution k depend on nothing but k, so that several workers can share the work?
  virtual bool is_indexed() const = 0;
  /// Did the last execution differ from an earlier one that made the same choices? Then the code
  /// under test is not deterministic, and nothing that was explored can be relied on.
  virtual bool diverged() const { return false; }
};

}  // namespace heddle::sim
