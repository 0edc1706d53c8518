// Saved states of the path that a search is on, so that its next execution goes on from the last of
// them that it comes by, instead of from the start.
//
// Source: stateful backtracking, as in Holzmann, "The model checker SPIN", IEEE TSE 23(5), 1997,
// section 5; a search without it repeats the path (Godefroid, VeriSoft, POPL 1997).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/core/archive.hpp"

namespace heddle::sim {

/// AddressSanitizer has its own picture of what lies on a stack, which cannot be gone back to.
#ifdef HEDDLE_ASAN
inline constexpr bool has_snapshots = false;
#else
inline constexpr bool has_snapshots = true;
#endif

/// Positions are the chooser's (Resumable::position).
class Snapshots {
 public:
  struct Snapshot {
    std::uint32_t position = 0;
    Archive state;
  };

  /// All of them are of the path of this chooser, and what comes behind `position` is no longer.
  void keep(const void* chooser, std::uint32_t position) {
    if (chooser != owner_) clear();
    owner_ = chooser;
    while (!path_.empty() && path_.back()->position >= position) drop_last();
  }
  void clear() {
    while (!path_.empty()) drop_last();
  }
  /// The last one, or nullptr.
  Snapshot* last() { return path_.empty() ? nullptr : path_.back().get(); }

  /// Is the state at this position worth being saved? What it costs to save and to restore it is to
  /// be little beside the steps that need not be taken again.
  bool is_due(std::uint32_t position) const {
    if (path_.empty()) return true;
    const Snapshot& last = *path_.back();
    return position > last.position &&
           (position - last.position) * bytes_a_step >= last.state.size();
  }
  /// Room for one more, behind the last one.
  Archive& add(std::uint32_t position) {
    if (path_.size() == snapshots_max) thin_out();
    if (free_.empty()) free_.push_back(std::make_unique<Snapshot>());
    path_.push_back(std::move(free_.back()));
    free_.pop_back();
    path_.back()->position = position;
    path_.back()->state.clear();
    return path_.back()->state;
  }

 private:
  /// So many are copied in the time that a step takes, about.
  static constexpr std::size_t bytes_a_step = 2'048;
  static constexpr std::size_t snapshots_max = 64;

  void drop_last() {
    free_.push_back(std::move(path_.back()));
    path_.pop_back();
  }
  void thin_out() {
    std::vector<std::unique_ptr<Snapshot>> kept;
    for (std::size_t i = 0; i < path_.size(); ++i)
      (i % 2 == 0 ? kept : free_).push_back(std::move(path_[i]));
    path_.swap(kept);
  }

  const void* owner_ = nullptr;
  std::vector<std::unique_ptr<Snapshot>> path_;  // by position
  std::vector<std::unique_ptr<Snapshot>> free_;
};

}  // namespace heddle::sim
