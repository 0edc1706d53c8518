// What a scenario's workload is to everything but the scenario: a line of text that can be
// generated, shrunk, stored in a trace, and executed. scenarios/registry/property.hpp makes one of
// a plain type.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/machine/world.hpp"
#include "traces/result.hpp"

namespace heddle::scenarios {

/// A set of a model's defects: bit i is the i-th entry of Model::defects.
using DefectBits = std::uint64_t;

/// A workload that can be executed any number of times.
class Workload {
 public:
  virtual ~Workload() = default;
  /// One line; parses to an equal workload.
  virtual std::string text() const = 0;
  /// Sets an execution up. The workload outlives it.
  virtual void set_up(sim::World& world, DefectBits defects) const = 0;
};

/// A generated workload on its way to a smaller one.
class Shrinking {
 public:
  virtual ~Shrinking() = default;
  /// The present workload, at first the one that was generated.
  virtual std::string text() const = 0;
  /// The next of the present one's smaller candidates, in RapidCheck's order; nothing after the
  /// last.
  virtual std::optional<std::string> next() = 0;
  /// The candidate that next() gave last becomes the present workload. @pre there is one (checked).
  virtual void accept() = 0;
};

/// A scenario's kind of workload.
class WorkloadType {
 public:
  virtual ~WorkloadType() = default;
  /// @returns the workload, or one sentence on what is wrong with the text and where.
  virtual traces::Result<std::unique_ptr<Workload>> parse(std::string_view text) const = 0;
  /// A function of its arguments. `size` is RapidCheck's: 0 (small) to workload_size_max.
  virtual std::unique_ptr<Shrinking> generate(std::uint64_t seed, int size) const = 0;
};

inline constexpr int workload_size_max = 100;

/// Workload `index` of a property with this seed. A function of these alone: the first ten of a
/// hundred are the ten. Small ones come first, and any 21 in a row cover all sizes.
std::unique_ptr<Shrinking> generate_workload(const WorkloadType& type, std::uint64_t seed,
                                             std::uint64_t index);

}  // namespace heddle::scenarios
