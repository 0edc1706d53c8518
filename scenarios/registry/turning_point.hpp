// The turning point of a finding: the choice from which it can no longer be avoided. Found by going
// back through the choices of its trace: what else could have been chosen there is tried, with what
// may follow, until an execution comes out without the finding. That one has more choices in common
// with the trace than any other that was tried: it is the nearest passing run.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>

#include "sim/core/ids.hpp"

namespace heddle::scenarios {

struct TurningRequest {
  std::uint64_t executions_max = 20'000;  ///< of all that are tried
  /// Of those that follow one other choice: depth first, then as many again by sampling.
  std::uint64_t each_max = 60;
  const volatile std::sig_atomic_t* stop = nullptr;  ///< not 0: end soon
};

struct TurningPoint {
  enum class Kind : std::uint8_t {
    found,       ///< from `choice` on the finding comes, whatever was tried; before, it need not
    always,      ///< nothing that was tried goes without the finding, from the first choice on
    unknown,     ///< the executions, the time or the patience ended before a passing one came
    different,   ///< the trace's finding does not come again; `text` says what happens
    lost,        ///< executions take their process along, so none could be tried
    unreadable,  ///< the trace cannot be repeated here; `text` says why
  };
  Kind kind = Kind::unreadable;
  std::string text;
  std::size_t choice = 0;   ///< found: how many choices the nearest passing run has in common
  sim::StepIndex step = 0;  ///< found: the step that this choice is about; always: 1
  bool exhaustive = false;  ///< whatever can follow was tried, and not a part of it
  /// An execution from there on goes without the finding, but does not come to its end either: it
  /// is stuck, or crashes. Such a one does not pass.
  bool otherwise = false;
  std::uint64_t executions = 0;
  /// found: the trace file of the nearest passing run, as the runner writes them: it has a finding
  /// only if it has another one.
  std::string passing;
};

}  // namespace heddle::scenarios
