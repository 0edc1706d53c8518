#include "models/nfs/truth.hpp"

#include "sim/machine/machine.hpp"

namespace heddle::models::nfs {

using sim::Machine;

void Truth::mounted(sim::HostId client, std::uint32_t number) {
  const Machine::EngineScope engine(Machine::running());
  for (Mount& mount : mounts_) {
    if (mount.number != 0) continue;
    mount = {client, number, Machine::running().host(client).boots};
    return;
  }
}

void Truth::unmounted(sim::HostId client, std::uint32_t number) {
  const Machine::EngineScope engine(Machine::running());
  for (Mount& mount : mounts_)
    if (mount.client == client && mount.number == number) mount.number = 0;
}

bool Truth::is_mounted(sim::HostId client, std::uint32_t number) const {
  const Machine::EngineScope engine(Machine::running());
  for (const Mount& mount : mounts_)
    if (mount.client == client && mount.number == number) return true;
  return false;
}

bool Truth::is_in_use() const {
  const Machine::EngineScope engine(Machine::running());
  for (const Mount& mount : mounts_) {
    if (mount.number == 0) continue;
    const sim::HostState& host = Machine::running().host(mount.client);
    if (host.up && host.boots == mount.boots) return true;
  }
  return false;
}

}  // namespace heddle::models::nfs
