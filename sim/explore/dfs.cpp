#include "sim/explore/dfs.hpp"

#include "sim/core/check.hpp"
#include "sim/core/rng.hpp"

namespace heddle::sim {

DepthFirstSearch::DepthFirstSearch(std::pmr::memory_resource& memory, const Order& order,
                                   Options options)
    : order_(order), options_(options), path_(&memory), states_(memory) {
  // Once and for all: a path that never moves is whole even if the process dies in push_back.
  path_.reserve(options_.depth_max);
}

Chooser& DepthFirstSearch::begin(std::uint64_t) {
  HEDDLE_CHECK(!exhausted_, "a search that is exhausted makes no further execution");
  position_ = 0;
  preemptions_ = 0;
  return *this;
}

ContextId DepthFirstSearch::schedule(const SchedulePoint& point) {
  return position_ < path_.size() ? repeat(point) : enter(point);
}

/// Within a bound, what can be reached depends on how much of it is left.
bool DepthFirstSearch::has_met(const StateHash& state, ContextId last) {
  if (options_.preemptions == no_preemption_bound) return states_.add(state);
  return states_.add({state.low ^ mix(last.value, preemptions_), state.high});
}

ContextId DepthFirstSearch::repeat(const SchedulePoint& point) {
  const Frame& frame = path_[position_];
  if (frame.reason != Reason::schedule || frame.enabled != point.enabled) {
    diverged_ = true;
    return no_context;
  }
  const ContextId chosen = frame.chosen_context();
  preemptions_ = frame.preemptions + (free_of_preemption(point).contains(chosen) ? 0 : 1);
  ++position_;
  return chosen;
}

ContextId DepthFirstSearch::enter(const SchedulePoint& point) {
  const ContextSet free = free_of_preemption(point);
  Frame frame;
  frame.enabled = point.enabled;
  frame.within = preemptions_ < options_.preemptions ? point.enabled : free;
  frame.chosen = no_context.value;
  frame.last = point.last;
  frame.preemptions = preemptions_;
  push(frame);

  Frame& entered = path_.back();
  entered.todo = entered.within;
  const ContextId chosen = order_.pick(entered);
  HEDDLE_CHECK(entered.todo.contains(chosen), "an order picks an open way");
  entered.chosen = chosen.value;
  entered.todo.remove(chosen);
  if (!free.contains(chosen)) ++preemptions_;
  return chosen;
}

std::uint32_t DepthFirstSearch::value(Reason reason, std::uint32_t arity) {
  if (position_ < path_.size()) {
    const Frame& frame = path_[position_];
    if (frame.reason != reason || frame.arity != arity) {
      diverged_ = true;
      return give_up;
    }
    ++position_;
    return frame.chosen;
  }
  Frame frame;
  frame.reason = reason;
  frame.arity = arity;
  frame.preemptions = preemptions_;
  push(frame);
  return 0;
}

void DepthFirstSearch::push(const Frame& frame) {
  HEDDLE_CHECK(path_.size() < options_.depth_max, "the choice log is no longer than the path");
  path_.push_back(frame);
  ++position_;
}

void DepthFirstSearch::end(Outcome outcome) {
  if (position_ < path_.size()) {
    // The execution was shorter than its prefix was the last time; or its process died early in it.
    diverged_ = diverged_ || outcome == Outcome::finished || outcome == Outcome::stuck;
  }
  goes_on_ = true;
  go_back();
}

void DepthFirstSearch::go_back() {
  while (path_.size() > floor_) {
    Frame& frame = path_.back();
    if (frame.is_open()) {
      if (frame.reason == Reason::schedule) {
        const ContextId next = order_.pick(frame);
        frame.todo.remove(next);
        frame.chosen = next.value;
      } else {
        ++frame.chosen;
      }
      return;
    }
    path_.pop_back();
  }
  exhausted_ = true;
}

double DepthFirstSearch::share_done() const {
  if (exhausted_) return 1;
  double weight = 1;
  double done = 0;
  for (const Frame& frame : path_) {
    const std::size_t ways = frame.ways();
    weight /= static_cast<double>(ways);
    done += weight * static_cast<double>(ways - frame.ways_open() - 1);
  }
  return done;
}

}  // namespace heddle::sim
