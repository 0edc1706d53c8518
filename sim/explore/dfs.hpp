// Depth-first search over all choices: each execution repeats the choices that it shares with the
// one before, from a saved state if there is one, takes the next open way there, and goes on.
//
// With `match_states` it goes on from a state only once, however executions come there: what is
// given up for that leads to states that were explored. So it sees all states, but not all ways to
// them.
//
// Source: Godefroid, "Model checking for programming languages using VeriSoft", POPL 1997; for
// states, Holzmann, "The model checker SPIN", IEEE TSE 23(5), 1997.
#pragma once

#include <cstdint>
#include <memory_resource>

#include "sim/explore/order.hpp"
#include "sim/explore/path.hpp"
#include "sim/explore/preemption.hpp"
#include "sim/explore/split.hpp"
#include "sim/explore/state_set.hpp"

namespace heddle::sim {

/// Explores each sequence of choices with at most `preemptions` preemptions (preemption.hpp) once.
/// Cost of a choice: O(1), without allocation.
class DepthFirstSearch final : public SplitSearch,
                               private Chooser,
                               private Resumable,
                               private StateMatcher {
 public:
  struct Options {
    std::uint32_t preemptions = no_preemption_bound;
    /// Room for choices; an execution with more must be cut by its ChoiceLog (checked).
    std::size_t depth_max = std::size_t{1} << 20;
    bool match_states = false;
  };

  /// The path lies in `memory`. `order` must live as long as the search, and where it does.
  DepthFirstSearch(std::pmr::memory_resource& memory, const Order& order, Options options);

  Chooser& begin(std::uint64_t index) override;
  void end(Outcome outcome) override;
  bool has_next() const override { return !exhausted_; }
  bool is_indexed() const override { return false; }
  bool diverged() const override { return diverged_; }
  /// Each way out of a state is taken for as large as its neighbours (Knuth 1975, see
  /// measured.hpp). Never falls. Cost: O(depth).
  double share_done() const override;
  /// Without the states that it has met: addresses are part of them, which another process has not.
  void save(wire::Writer& writer) const override;
  bool load(wire::Reader& reader) override;
  std::uint32_t front() const override { return static_cast<std::uint32_t>(path_.size()); }
  std::uint32_t next_open(std::uint32_t from) const override;
  void enter_next_branch(std::uint32_t frame) override;
  std::string branch() const override;
  bool save_outcome(wire::Writer& writer) const override;
  bool absorb(wire::Reader& reader) override;

  const Path& path() const { return path_; }
  std::uint64_t states() const override { return states_.size(); }

 private:
  ContextId schedule(const SchedulePoint& point) override;
  std::uint32_t value(Reason reason, std::uint32_t arity) override;
  StateMatcher* state_matcher() override { return options_.match_states ? this : nullptr; }
  bool is_beyond_path() const override { return position_ == path_.size(); }
  bool has_met(const StateHash& state, ContextId last) override;
  Resumable* resumable() override { return this; }
  std::uint32_t repeats() const override { return goes_on_ ? front() : 0; }
  std::uint32_t position() const override { return static_cast<std::uint32_t>(position_); }
  void archive(Archive& archive) override { archive.values(position_, preemptions_); }

  ContextId repeat(const SchedulePoint& point);
  ContextId enter(const SchedulePoint& point);
  void push(const Frame& frame);
  void go_back();

  const Order& order_;
  Options options_;
  Path path_;
  StateSet states_;
  std::size_t position_ = 0;       // choices made in the running execution
  std::uint32_t preemptions_ = 0;  // of the running execution so far
  bool goes_on_ = false;           // the path begins as that of the last execution
  std::size_t floor_ = 0;  // of the search of a branch alone: the choices up to it (split.hpp)
  bool exhausted_ = false;
  bool diverged_ = false;
};

}  // namespace heddle::sim
