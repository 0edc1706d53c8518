// How many executions ended in which way. Never added up to one number without saying so.
#pragma once

#include <cstdint>

#include "sim/core/outcome.hpp"

namespace heddle::sim {

struct Counts {
  std::uint64_t finished = 0;       ///< every task ended
  std::uint64_t stuck = 0;          ///< tasks remained that can never step again
  std::uint64_t stopped = 0;        ///< a fatal finding, or the worker process died
  std::uint64_t bound_reached = 0;  ///< cut by a limit: inconclusive
  std::uint64_t beyond = 0;         ///< left out on purpose: more preemptions than are explored
  std::uint64_t blocked = 0;  ///< given up as redundant: what is behind was explored elsewhere

  std::uint64_t complete() const { return finished + stuck + stopped; }
  std::uint64_t all() const { return complete() + bound_reached + beyond + blocked; }

  /// `is_beyond`: see Strategy::beyond_bound.
  void add(Outcome outcome, bool is_beyond = false) { ++(is_beyond ? beyond : of(outcome)); }
  std::uint64_t& of(Outcome outcome) {
    switch (outcome) {
      case Outcome::finished:
        return finished;
      case Outcome::stuck:
        return stuck;
      case Outcome::stopped:
        return stopped;
      case Outcome::bound_reached:
        return bound_reached;
      case Outcome::given_up:
        break;
    }
    return blocked;
  }
  Counts& operator+=(const Counts& other) {
    finished += other.finished;
    stuck += other.stuck;
    stopped += other.stopped;
    bound_reached += other.bound_reached;
    beyond += other.beyond;
    blocked += other.blocked;
    return *this;
  }
  friend bool operator==(const Counts&, const Counts&) = default;
};

}  // namespace heddle::sim
