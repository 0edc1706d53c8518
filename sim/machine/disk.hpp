// A disk with a write cache: what was written is read back at once, and survives a crash of its
// host for certain only once it was flushed. Of each later write a choice says whether it is kept.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/core/ids.hpp"
#include "sim/core/object.hpp"

namespace heddle::sim {

/// Blocks of one word each, all zero at first. Lives in simulated memory, and longer than its host:
/// World::create<Disk>(host).
class Disk {
 public:
  static constexpr std::size_t blocks_max = 32;

  /// @pre called by set-up.
  explicit Disk(HostId host);

  // Each is a step. @pre block < blocks_max (checked).
  void write(std::size_t block, std::uint64_t value, Place place = {});
  std::uint64_t read(std::size_t block, Place place = {}) const;
  /// All that was written survives from here on.
  void flush(Place place = {});

  /// What is on the disk for certain; no step.
  std::uint64_t durable(std::size_t block) const { return durable_[block]; }

 private:
  ObjectId object() const { return ObjectId::memory(reinterpret_cast<std::uintptr_t>(this)); }
  void lose_cache();

  std::array<std::uint64_t, blocks_max> cached_{};
  std::array<std::uint64_t, blocks_max> durable_{};
  std::uint32_t dirty_ = 0;  // bit of each block whose write is not flushed
};

}  // namespace heddle::sim
