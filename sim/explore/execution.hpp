// What exploring needs of an execution: that it can be run, again and again, under any chooser.
#pragma once

#include "sim/choice/choice.hpp"
#include "sim/core/outcome.hpp"

namespace heddle::sim {

/// Something that can be executed many times. Equal choices give equal executions.
class Execution {
 public:
  virtual ~Execution() = default;
  /// Runs it once. `log` may be empty: then nothing is recorded.
  virtual Outcome run(Chooser& chooser, ChoiceLog log) = 0;
};

}  // namespace heddle::sim
