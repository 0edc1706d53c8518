// Iterative preemption bounding: depth-first searches with at most 0, 1, 2, … preemptions, until a
// bound cuts nothing off or the greatest one is done. So the first finding has as few preemptions
// as any. Each search repeats the executions of those before it.
//
// Source: Musuvathi and Qadeer, "Iterative context bounding for systematic testing of multithreaded
// programs", PLDI 2007, section 4. Deviation: each search begins anew, instead of keeping a queue
// of the states at which it was cut.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>

#include "sim/explore/dfs.hpp"
#include "sim/explore/strategy.hpp"

namespace heddle::sim {

class IterativePreemptionBounding final : public Strategy {
 public:
  /// As for DepthFirstSearch; options.preemptions is the greatest bound.
  IterativePreemptionBounding(std::pmr::memory_resource& memory, const Order& order,
                              DepthFirstSearch::Options options);

  Chooser& begin(std::uint64_t index) override;
  void end(Outcome outcome) override;
  bool has_next() const override { return search_->has_next(); }
  bool is_indexed() const override { return false; }
  bool diverged() const override { return search_->diverged(); }

  /// The bound of the search that runs, or ran last.
  std::uint32_t bound() const { return bound_; }

 private:
  void search();
  bool is_cut() const;

  const Order& order_;
  DepthFirstSearch::Options options_;
  void* room_;
  std::size_t room_bytes_;
  std::uint32_t bound_ = 0;
  bool cut_ = false;  // the bound has kept something from being explored
  std::optional<std::pmr::monotonic_buffer_resource> path_memory_;
  std::optional<DepthFirstSearch> search_;
};

}  // namespace heddle::sim
