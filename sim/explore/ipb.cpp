#include "sim/explore/ipb.hpp"

#include <algorithm>

namespace heddle::sim {
namespace {
constexpr std::size_t slack_bytes = 4096;
}

IterativePreemptionBounding::IterativePreemptionBounding(std::pmr::memory_resource& memory,
                                                         const Order& order,
                                                         DepthFirstSearch::Options options)
    : order_(order),
      options_(options),
      room_bytes_(options.depth_max * sizeof(Frame) + slack_bytes) {
  room_ = memory.allocate(room_bytes_, alignof(Frame));
  search();
}

/// Begins the search with `bound_`, in the same memory as the one before.
void IterativePreemptionBounding::search() {
  search_.reset();
  path_memory_.reset();
  path_memory_.emplace(room_, room_bytes_, std::pmr::null_memory_resource());
  cut_ = false;
  search_.emplace(*path_memory_, order_, DepthFirstSearch::Options{bound_, options_.depth_max});
}

Chooser& IterativePreemptionBounding::begin(std::uint64_t index) { return search_->begin(index); }

bool IterativePreemptionBounding::is_cut() const {
  const Path& path = search_->path();
  return std::any_of(path.begin(), path.end(),
                     [](const Frame& frame) { return frame.within != frame.enabled; });
}

void IterativePreemptionBounding::end(Outcome outcome) {
  cut_ = cut_ || is_cut();
  search_->end(outcome);
  if (search_->has_next() || search_->diverged() || !cut_ || bound_ >= options_.preemptions) return;
  ++bound_;
  search();
}

}  // namespace heddle::sim
