// The benchmarks' only machine: the arena's addresses are fixed.
#pragma once

#include "sim/machine/machine.hpp"

namespace heddle::bench {

inline sim::Machine& machine() {
  static sim::Machine instance;
  return instance;
}

}  // namespace heddle::bench
