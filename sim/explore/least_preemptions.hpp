// The least number of preemptions with which the steps of a history can be taken, in any order that
// is equivalent to theirs. That number belongs to the trace and not to the execution that happened
// to be made; and what was taken so far never has a greater one than what it becomes. So a search
// may stop where it is beyond a bound, and hides no trace that the bound allows.
//
// A context that takes no further step was not preempted: else the beginning of a trace could have
// more preemptions than all of it. Where contexts remain that can never step again, a trace so has
// as many preemptions as for DepthFirstSearch (preemption.hpp), or fewer.
//
// Source: a bound of traces, as in GenMC's bounded search (Marmanis and Vafeiadis, TACAS 2023),
// which allows for some slack instead. The search is one for a shortest path over the sets of
// steps taken, where each way costs 0 or 1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "sim/explore/history.hpp"

namespace heddle::sim {

class LeastPreemptions {
 public:
  LeastPreemptions(std::pmr::memory_resource& memory, const History& history);

  /// Can the steps be taken with at most `bound` preemptions? If there are too many orders to tell
  /// (states_max), yes: then more is explored than need be.
  /// Cost: O(steps) where they were taken so; else as many states as can be reached within the
  /// bound.
  bool within(std::uint32_t bound);

  /// The same of the steps before `end` with the step `extra` of a context that takes none from
  /// `end` up to that; as far as it is known what that step depends on where it is taken earlier.
  /// @returns true if too little is known.
  bool might_be_within(std::uint32_t bound, std::uint32_t end, std::uint32_t extra);

  static constexpr std::size_t states_max = std::size_t{1} << 20;

 private:
  /// A set of steps that were taken: of each context, how many; and who took the last one.
  using Taken = std::uint32_t;

  void sort_by_context();
  std::uint32_t as_taken() const;
  bool find_order(std::uint32_t bound);
  void expand();
  bool is_ready(std::uint32_t step) const;
  bool could_be_taken(std::uint32_t step);
  bool could_go_on(std::size_t slot);
  bool somebody_waits(std::size_t landing);
  std::uint32_t next_of(std::size_t slot) const;
  bool close();
  void push(std::pmr::vector<Taken>& states, std::size_t slot);
  bool pop(std::pmr::vector<Taken>& states);
  void grow_closed();

  const History& history_;
  std::uint32_t end_ = 0;    // the first step that is not looked at
  std::uint32_t extra_ = 0;  // but this one is; 0: none
  std::array<std::uint32_t, contexts_max> extra_clock_{};
  std::pmr::vector<std::uint32_t> steps_;                // by context, in order
  std::array<ContextId, contexts_max> contexts_{};       // those that have steps: their slots
  std::array<std::uint32_t, contexts_max + 1> begin_{};  // by slot, into steps_
  std::size_t slots_ = 0;
  std::size_t taken_ = 0;           // steps of state_
  std::pmr::vector<Taken> state_;   // by slot, and at the end the last one's slot, or slots_
  std::pmr::vector<Taken> open_;    // states, one behind the other
  std::pmr::vector<Taken> dearer_;  // those that cost one more
  std::pmr::vector<Taken> closed_;
  std::pmr::vector<std::uint32_t> closed_by_hash_;  // 1 + their places; a power of two
  std::size_t closed_count_ = 0;
  Cut left_out_;  // of each context, the first step from end_ on
  Cut cut_;
};

}  // namespace heddle::sim
