// Who has it mounted, as far as the server was told: mountd's rmtab, with the time of the last use,
// which makes leases of its entries. Whether anybody asks it is up to the design.
//
// The caller guards it. All zero bytes are an empty one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/core/ids.hpp"
#include "sim/machine/disk.hpp"

namespace heddle::models::nfs {

struct MountTable {
  static constexpr std::size_t mounts_max = 64;
  static constexpr std::size_t blocks_max = 8;  ///< of it on a disk

  struct Mount {
    sim::HostId client;
    std::uint32_t number;  ///< 0: none
    std::uint32_t instance;
    std::int64_t used_ms;  ///< by the server's clock
  };

  Mount* find(sim::HostId client, std::uint32_t number);
  /// @returns nullptr if there is no room.
  Mount* add(sim::HostId client, std::uint32_t number, std::uint32_t instance, sim::Disk* disk);
  void remove(Mount& mount, sim::Disk* disk);
  /// What a disk has kept over a reboot; all of it counts as used now.
  void load(const sim::Disk& disk, std::int64_t now_ms);
  bool is_empty() const;
  bool has(sim::HostId client) const;

  /// All that were ever added, also those that are gone.
  std::span<Mount> mounts() { return {slots.data(), used}; }
  std::span<const Mount> mounts() const { return {slots.data(), used}; }

  std::array<Mount, mounts_max> slots;
  std::size_t used;
};

}  // namespace heddle::models::nfs
