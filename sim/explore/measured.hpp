// A reducing search that estimates how much of its tree is done. The reduction does not know how
// many ways it will take from a state until it has seen what is behind them; so the ways known so
// far stand for all of them.
//
// Source: Knuth, "Estimating the efficiency of backtrack programs", Mathematics of Computation 29,
// 1975: a leaf weighs the product of the fractions 1/ways on its path. Kilby, Slaney, Thiébaux and
// Walsh, "Estimating search tree size", AAAI 2006, add up those weights in a depth-first search.
#pragma once

#include <memory_resource>
#include <vector>

#include "sim/explore/dpor.hpp"
#include "sim/explore/split.hpp"

namespace heddle::sim {

class MeasuredDpor final : public SplitSearch {
 public:
  MeasuredDpor(std::pmr::memory_resource& memory, Dpor::Options options);

  Chooser& begin(std::uint64_t index) override { return search_.begin(index); }
  void end(Outcome outcome) override;
  bool has_next() const override { return search_.has_next(); }
  bool is_indexed() const override { return false; }
  bool diverged() const override { return search_.diverged(); }
  bool beyond_bound() const override { return search_.beyond_bound(); }
  /// Falls when a state turns out to have more ways than were known. Answers of one step count as
  /// they are taken, so that a step with many is thought to be done too early. Cost: O(depth).
  double share_done() const override;
  void save(wire::Writer& writer) const override;
  bool load(wire::Reader& reader) override;
  std::uint32_t front() const override { return search_.front(); }
  std::uint32_t next_open(std::uint32_t from) const override { return search_.next_open(from); }
  void enter_next_branch(std::uint32_t frame) override;
  std::string branch() const override { return search_.branch(); }
  bool save_outcome(wire::Writer& writer) const override { return search_.save_outcome(writer); }
  bool absorb(wire::Reader& reader) override;

 private:
  void count_branch();

  Dpor search_;
  std::pmr::vector<std::uint32_t> begun_;  // by state on the path: the ways taken from there
};

}  // namespace heddle::sim
