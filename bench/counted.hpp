// The programs whose numbers of Mazurkiewicz traces are known from the literature and from other
// tools (tests/counts.csv), as scenarios with their sizes as parameters.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/choice/choice.hpp"
#include "sim/explore/execution.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/world.hpp"

namespace heddle::bench {

struct CountedProgram {
  std::string_view name;
  void (*body)(sim::World& world, int n, int k);
};

/// All of them.
std::span<const CountedProgram> counted_programs();
/// @returns nullptr for a name that is none.
const CountedProgram* counted_program(std::string_view name);

/// A program of these sizes as something that strategies execute, on the machine that is given.
/// Every task has a CPU of its own.
class CountedExecution final : public sim::Execution {
 public:
  CountedExecution(sim::Machine& machine, const CountedProgram& program, int n, int k)
      : machine_(machine), program_(program), n_(n), k_(k) {}

  sim::Outcome run(sim::Chooser& chooser, sim::ChoiceLog log) override;

 private:
  sim::Machine& machine_;
  const CountedProgram& program_;
  int n_;
  int k_;
};

}  // namespace heddle::bench
