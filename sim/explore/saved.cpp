// What the searches' states are made of. Scratch that no execution leaves to the next one is not
// part of them.
#include "sim/explore/saved.hpp"

#include <algorithm>

#include "sim/core/clock_block.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/explore/dpor.hpp"
#include "sim/explore/history.hpp"
#include "sim/explore/measured.hpp"
#include "sim/explore/wakeup_tree.hpp"

namespace heddle::sim {

void History::save(wire::Writer& writer) const {
  sim::save(writer, steps_);
  sim::save(writer, width_);
  sim::save(writer, clocks_.data(), std::min(clocks_.size(), steps_.size() * width_));
  sim::save(writer, touches_);
  sim::save(writer, last_);
  sim::save(writer, creator_);
  sim::save(writer, gates_);
  sim::save(writer, wide_);
  sim::save(writer, links_);
  sim::save(writer, chains_);
  sim::save(writer, chains_used_);
}

bool History::load(wire::Reader& reader) {
  return sim::load(reader, steps_) && sim::load(reader, width_) &&
         width_ >= footprint_.context_count() && width_ <= contexts_max &&
         width_ % ClockBlock::size == 0 && sim::load(reader, clocks_) &&
         clocks_.size() % width_ == 0 && sim::load(reader, touches_) && sim::load(reader, last_) &&
         sim::load(reader, creator_) && sim::load(reader, gates_) && sim::load(reader, wide_) &&
         sim::load(reader, links_) && sim::load(reader, chains_) &&
         sim::load(reader, chains_used_) && !steps_.empty() && !links_.empty() &&
         chains_used_ < chains_.size();
}

void WakeupTree::save(wire::Writer& writer) const {
  sim::save(writer, nodes_);
  sim::save(writer, bodies_);
  sim::save(writer, more_);
  sim::save(writer, unused_);
  sim::save(writer, unused_more_);
}

bool WakeupTree::load(wire::Reader& reader) {
  return sim::load(reader, nodes_) && sim::load(reader, bodies_) && sim::load(reader, more_) &&
         sim::load(reader, unused_) && sim::load(reader, unused_more_) && !nodes_.empty() &&
         bodies_.size() == nodes_.size() && !more_.empty();
}

void Dpor::save(wire::Writer& writer) const {
  sim::save(writer, options_.reduction);
  sim::save(writer, options_.preemptions);
  sim::save(writer, footprint_);
  history_.save(writer);
  tree_.save(writer);
  sim::save(writer, sleepers_);
  sim::save(writer, values_);
  sim::save(writer, chosen_);
  sim::save(writer, races_);
  sim::save(writer, repeated_);
  sim::save(writer, exhausted_);
}

bool Dpor::load(wire::Reader& reader) {
  Reduction reduction{};
  std::uint32_t preemptions = 0;
  floor_ = 0;
  goes_on_ = false;
  return sim::load(reader, reduction) && reduction == options_.reduction &&
         sim::load(reader, preemptions) && preemptions == options_.preemptions &&
         sim::load(reader, footprint_) && history_.load(reader) && tree_.load(reader) &&
         sim::load(reader, sleepers_) && sim::load(reader, values_) && sim::load(reader, chosen_) &&
         chosen_.size() == values_.size() && sim::load(reader, races_) &&
         sim::load(reader, repeated_) && sim::load(reader, exhausted_) &&
         repeated_ < history_.size();
}

void MeasuredDpor::save(wire::Writer& writer) const {
  search_.save(writer);
  sim::save(writer, begun_);
}

bool MeasuredDpor::load(wire::Reader& reader) {
  return search_.load(reader) && sim::load(reader, begun_);
}

void DepthFirstSearch::save(wire::Writer& writer) const {
  sim::save(writer, options_.preemptions);
  sim::save(writer, path_);
  sim::save(writer, exhausted_);
}

bool DepthFirstSearch::load(wire::Reader& reader) {
  std::uint32_t preemptions = 0;
  floor_ = 0;
  goes_on_ = false;
  return sim::load(reader, preemptions) && preemptions == options_.preemptions &&
         sim::load(reader, path_) && path_.size() <= options_.depth_max &&
         sim::load(reader, exhausted_);
}

}  // namespace heddle::sim
