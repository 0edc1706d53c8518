// The path of a depth-first search: the choices of the execution prefix that is explored, each with
// the ways that are still to be taken there.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

#include "sim/choice/choice.hpp"

namespace heddle::sim {

/// One choice on the path.
struct Frame {
  ContextSet enabled;           ///< Reason::schedule: who could step
  ContextSet within;            ///< those of them that the bounds allow
  ContextSet todo;              ///< those that are still to be taken
  ContextId last = no_context;  ///< who took the step before
  Reason reason = Reason::schedule;
  std::uint32_t chosen = 0;       ///< the way that the path takes: a ContextId's value, or a value
  std::uint32_t arity = 0;        ///< other reasons: how many ways; they are taken in order
  std::uint32_t preemptions = 0;  ///< on the path before this choice

  ContextId chosen_context() const { return ContextId{static_cast<std::uint16_t>(chosen)}; }
  std::size_t ways() const { return reason == Reason::schedule ? within.count() : arity; }
  /// Those that are still to be taken, without the one that the path takes.
  std::size_t ways_open() const {
    return reason == Reason::schedule ? todo.count() : arity - chosen - 1;
  }
  bool is_open() const { return reason == Reason::schedule ? !todo.empty() : chosen + 1 < arity; }
};

/// In the order in which the choices are made.
using Path = std::pmr::vector<Frame>;

}  // namespace heddle::sim
