// A strategy: what chooses, execution after execution.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/choice/choice.hpp"
#include "sim/core/outcome.hpp"
#include "sim/explore/wire.hpp"

namespace heddle::sim {

/// begin() and end() alternate. What a strategy must remember from one execution to the next lies
/// in the memory that it was built in (see campaign.hpp), so that it outlives a worker process that
/// dies in the middle of an execution: then end(Outcome::stopped) is called by the worker that
/// follows.
class Strategy {
 public:
  virtual ~Strategy() = default;

  /// @returns what chooses in execution `index`; valid until the next call. @pre has_next().
  virtual Chooser& begin(std::uint64_t index) = 0;
  virtual void end(Outcome outcome) = 0;
  /// Is there an execution that has not been made? A random strategy always says yes.
  virtual bool has_next() const = 0;

  /// Does execution k depend on nothing but k and what was learned in earlier phases, so that
  /// several workers can share the work?
  virtual bool is_indexed() const = 0;
  /// Did the last execution differ from an earlier one that made the same choices? Then the code
  /// under test is not deterministic, and nothing that was explored can be relied on.
  virtual bool diverged() const { return false; }
  /// Did the last execution have, or was it given up for, more preemptions than are explored? Then
  /// it is no part of what the search says to be explored.
  virtual bool beyond_bound() const { return false; }
  /// How many states a search has met, if it compares them.
  virtual std::uint64_t states() const { return 0; }
  /// Which share of the tree a search has done, 0 to 1, as it guesses; 0: not known. @pre nobody
  /// executes.
  virtual double share_done() const { return 0; }

  // Going on in another process of the same build, for searches. @pre nobody executes.

  /// Appends all that the search must know to go on.
  virtual void save(wire::Writer& /*writer*/) const {}
  /// Takes over what a search that was built alike has saved. @returns false if it cannot; then it
  /// must not be used any more.
  virtual bool load(wire::Reader& /*reader*/) { return false; }

  // Learning, for indexed strategies. When a phase is over and no worker executes, the parent
  // gathers in one strategy what all of them have observed, and tells all of them what that one
  // knows then.

  /// Adds what `other`, which was built alike, has observed in the phase that is over.
  virtual void gather(const Strategy& /*other*/) {}
  /// What the next phase is to know, as text; the same whoever made which execution.
  virtual std::string knowledge() const { return {}; }
  /// A phase begins, and this is what is known; what was observed is forgotten.
  virtual void know(std::string_view /*text*/) {}
  /// How many different pairs of dependent places were reached (coverage.hpp); 0: not counted.
  virtual std::uint64_t coverage() const { return 0; }
};

}  // namespace heddle::sim
