// Searches that can be split: a branch that waits on the path is explored by another process, ahead
// of its time, and what came of it is put in when the search comes there. The search then is where
// it would be had it explored the branch itself. If the branch has changed meanwhile, since what
// was explored before it asked for more, what came of it is of no use.
#pragma once

#include <cstdint>
#include <string>

#include "sim/explore/strategy.hpp"

namespace heddle::sim {

/// All functions: @pre nobody executes. Frames are the places of the path where ways part, from 1.
class SplitSearch : public Strategy {
 public:
  /// The frame whose branch the next execution begins; 0: it begins anew, or there is none.
  virtual std::uint32_t front() const = 0;
  /// The first frame from `from` on, above front(), whose next branch is known; 0: none.
  virtual std::uint32_t next_open(std::uint32_t from) const = 0;
  /// Becomes the search of the next branch of that frame alone. @pre next_open() said so.
  virtual void enter_next_branch(std::uint32_t frame) = 0;
  /// Equal for two searches with equal paths up to front() that will explore the same there.
  virtual std::string branch() const = 0;
  /// What the search of a branch, which has no next execution, leaves to the one that it is of.
  /// @returns false if that has to explore the branch itself.
  virtual bool save_outcome(wire::Writer& writer) const = 0;
  /// Goes on behind the branch at front(), which another search explored. @returns false if it is
  /// no outcome; then the search must not be used any more.
  virtual bool absorb(wire::Reader& reader) = 0;
};

}  // namespace heddle::sim
