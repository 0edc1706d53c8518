#include "models/nfs/mount_table.hpp"

#include <algorithm>

namespace heddle::models::nfs {

MountTable::Mount* MountTable::find(sim::HostId client, std::uint32_t number) {
  for (Mount& mount : mounts())
    if (mount.number != 0 && mount.client == client && mount.number == number) return &mount;
  return nullptr;
}

MountTable::Mount* MountTable::add(sim::HostId client, std::uint32_t number, std::uint32_t instance,
                                   sim::Disk* disk) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    Mount& mount = slots[i];
    if (mount.number != 0) continue;
    used = std::max(used, i + 1);
    mount = {client, number, instance, 0};
    if (disk != nullptr && i < blocks_max) {
      disk->write(i, std::uint64_t{client.value} << 48 | std::uint64_t{instance} << 32 | number);
      disk->flush();
    }
    return &mount;
  }
  return nullptr;
}

void MountTable::remove(Mount& mount, sim::Disk* disk) {
  mount.number = 0;
  const auto i = static_cast<std::size_t>(&mount - slots.data());
  if (disk != nullptr && i < blocks_max) disk->write(i, 0);
}

void MountTable::load(const sim::Disk& disk, std::int64_t now_ms) {
  for (std::size_t i = 0; i < blocks_max; ++i) {
    const std::uint64_t word = disk.read(i);
    slots[i] = {sim::HostId{static_cast<std::uint16_t>(word >> 48)},
                static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32 & 0xFFFF),
                now_ms};
  }
  used = blocks_max;
}

bool MountTable::is_empty() const {
  for (const Mount& mount : mounts())
    if (mount.number != 0) return false;
  return true;
}

bool MountTable::has(sim::HostId client) const {
  for (const Mount& mount : mounts())
    if (mount.number != 0 && mount.client == client) return true;
  return false;
}

}  // namespace heddle::models::nfs
