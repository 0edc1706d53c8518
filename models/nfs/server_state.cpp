// What the server knows of its clients: mounts, pins, and for how long they count.
#include "models/nfs/server.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

/// A lease is held so long by the server's clock that it does not end before the client's does,
/// however both clocks drift.
std::int64_t Server::term_ms() const {
  if (design() != Design::lease || has(Defect::pins_outlive_clients)) return ttl_ms;
  constexpr std::int64_t million = 1'000'000;
  const std::int64_t drift = parameters_.drift_ppm;
  if (drift == 0) return lease_ms;
  return lease_ms * (million + drift) / (million - drift) + 2;  // what divisions cut off
}

std::int64_t Server::bound_ms() const {
  return 2 * (design() == Design::lease ? lease_ms : ttl_ms);
}

/// A lock that nobody else knows of stays, whoever is gone.
bool Server::counts(const Mount& mount, std::int64_t now_ms) const {
  const bool keeps_locks = has(Defect::locks_outlive_clients) || design() == Design::idle_expiry;
  if (mount.has_lock && keeps_locks) return true;
  const std::int64_t ends_ms = mount.used_ms + term_ms();
  return now_ms < ends_ms || (now_ms == ends_ms && !has(Defect::lapses_at_deadline));
}

Server::Mount* Server::find(sim::HostId client, std::uint32_t number) const {
  for (Mount& mount : exports_->mounts)
    if (mount.number != 0 && mount.client == client && mount.number == number) return &mount;
  return nullptr;
}

/// @returns nullptr if there is no room.
Server::Mount* Server::register_locked(sim::HostId client, std::uint32_t number,
                                       std::uint32_t instance) {
  for (std::size_t i = 0; i < exports_->mounts.size(); ++i) {
    Mount& mount = exports_->mounts[i];
    if (mount.number != 0) continue;
    mount = {client, number, instance, 0, false};
    if (design() == Design::mount_table && i < blocks_max) {
      disk_->write(i, std::uint64_t{client.value} << 48 | std::uint64_t{instance} << 32 | number);
      disk_->flush();
    }
    return &mount;
  }
  return nullptr;
}

void Server::renew_locked(Mount& mount, const CallArgument& argument) {
  const std::int64_t now_ms = clock_ms();
  mount.used_ms = has(Defect::clients_clock) ? argument.clock_ms : now_ms;
  truth_.registered(mount.client, mount.number, now_ms + term_ms());
}

void Server::remove_locked(Mount& mount) {
  mount.number = 0;
  const auto i = static_cast<std::size_t>(&mount - exports_->mounts.data());
  if (design() == Design::mount_table && i < blocks_max) disk_->write(i, 0);
}

/// The table of mounts outlives a reboot.
void Server::load_table_locked() {
  if (design() != Design::mount_table || host_.boots() == 1) return;
  for (std::size_t i = 0; i < blocks_max; ++i) {
    const std::uint64_t word = disk_->read(i);
    exports_->mounts[i] = {sim::HostId{static_cast<std::uint16_t>(word >> 48)},
                           static_cast<std::uint32_t>(word),
                           static_cast<std::uint32_t>(word >> 32 & 0xFFFF), clock_ms(), false};
  }
}

/// The client has given the mount up: it no longer counts, and what pins for it alone goes.
void Server::give_up(sim::HostId client, std::uint32_t number) {
  mutex_lock(&lock_);
  if (exports_ != nullptr) {
    if (has(Defect::flush_is_lost)) {
      // As the kernel's purge does it: all entries are void while it looks, and then none.
      flush_stamp_ = ~std::uint64_t{0};
      give_up_locked(client, number);
      mutex_unlock(&lock_);
      mutex_lock(&lock_);
      flush_stamp_ = 1;
    } else {
      give_up_locked(client, number);
    }
  }
  mutex_unlock(&lock_);
}

void Server::give_up_locked(sim::HostId client, std::uint32_t number) {
  Mount* const known = find(client, number);
  if (known != nullptr) known->has_lock = false;  // who leaves gives its locks back
  if (design() == Design::idle_expiry) return;    // of this nobody takes note
  truth_.released(client, number);
  if (has(Defect::flushes_initial_namespace) && parameters_.network_namespace != 0) return;
  const bool is_known = known != nullptr;
  const bool of_all = has(Defect::flush_is_global) || (has(Defect::anybody_may_flush) && !is_known);
  bool has_others = false;
  for (Mount& mount : exports_->mounts) {
    if (mount.number == 0) continue;
    const bool is_meant =
        mount.client == client && (mount.number == number || has(Defect::removed_by_host));
    if (is_meant || has(Defect::flush_is_global)) remove_locked(mount);
    has_others = has_others || (mount.number != 0 && mount.client == client);
  }
  if (!has_others && is_known) drop_pins(exports_->pins[client.value]);
  if (of_all)
    for (Pins& pins : exports_->pins) drop_pins(pins);
}

void Server::drop_pins(Pins& pins) const {
  pins.export_entry = false;
  if (!has(Defect::export_flushed_alone)) pins.expkey_entry = false;
}

bool Server::is_pinned() const {
  for (const Pins& pins : exports_->pins)
    if (pins.export_entry || pins.expkey_entry) return true;
  return false;
}

/// Mounts that nobody has used for long no longer count.
void Server::expire_locked(std::int64_t now_ms) {
  for (Mount& mount : exports_->mounts)
    if (mount.number != 0 && !counts(mount, now_ms)) remove_locked(mount);
}

}  // namespace heddle::models::nfs
