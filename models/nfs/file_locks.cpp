#include "models/nfs/file_locks.hpp"

namespace heddle::models::nfs {

FileLocks::Lock* FileLocks::in_the_way_of(sim::HostId client, LockName name) {
  for (Lock& lock : locks)
    if (lock.number != 0 && lock.name.file == name.file &&
        (lock.client != client || lock.name.owner != name.owner))
      return &lock;
  return nullptr;
}

bool FileLocks::take(sim::HostId client, LockName name, std::uint32_t number,
                     std::uint32_t instance) {
  release(client, name);
  for (Lock& lock : locks) {
    if (lock.number != 0) continue;
    lock = {client, name, number, instance};
    return true;
  }
  return false;
}

void FileLocks::release(sim::HostId client, LockName name) {
  for (Lock& lock : locks)
    if (lock.client == client && lock.name == name) lock.number = 0;
}

void FileLocks::release_mount(sim::HostId client, std::uint32_t number) {
  for (Lock& lock : locks)
    if (lock.client == client && lock.number == number) lock.number = 0;
}

void FileLocks::release_boots_before(sim::HostId client, std::uint32_t instance) {
  for (Lock& lock : locks)
    if (lock.client == client && lock.instance < instance) lock.number = 0;
}

bool FileLocks::is_empty() const {
  for (const Lock& lock : locks)
    if (lock.number != 0) return false;
  return true;
}

}  // namespace heddle::models::nfs
