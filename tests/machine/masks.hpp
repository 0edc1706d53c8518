// What keeps others off a CPU, as the machine offers it, for as long as an object lives.
#pragma once

#include "sim/machine/machine.hpp"

namespace heddle::tests {

class Masked {
 public:
  explicit Masked(sim::Mask mask) : mask_(mask) {
    sim::Machine::running().mask(mask_, sim::Place{});
  }
  ~Masked() { sim::Machine::running().unmask(mask_, sim::Place{}); }
  Masked(const Masked&) = delete;
  Masked& operator=(const Masked&) = delete;

 private:
  sim::Mask mask_;
};

}  // namespace heddle::tests
