// The process's Runner: simulated addresses are fixed, so there is one at a time.
#pragma once

#include "scenarios/registry/runner.hpp"

namespace heddle::tests {

inline scenarios::Runner& runner() {
  static scenarios::Runner instance;
  return instance;
}

}  // namespace heddle::tests
