// What the server knows of its clients: mounts, pins, and for how long they count.
#include <algorithm>

#include "models/nfs/server.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

/// Is it the table of mounts that says whether the file system is in use, or what pins alone?
bool Server::asks_table() const {
  if (design() == Design::lease) return !has(Defect::pins_outlive_clients);
  return design() == Design::mount_table;
}

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

/// Old locks are claimed again for so long after a reboot, and with leases, who had it mounted is
/// heard of again.
bool Server::is_in_grace() const {
  const std::int64_t grace_ms = asks_table() ? term_ms() : lease_ms;
  return host_.boots() > 1 && clock_ms() <= booted_ms_ + grace_ms;
}

bool Server::counts(const Mount& mount, std::int64_t now_ms) const {
  const std::int64_t ends_ms = mount.used_ms + term_ms();
  return now_ms < ends_ms || (now_ms == ends_ms && !has(Defect::lapses_at_deadline));
}

/// @returns nullptr if there is no room.
Server::Mount* Server::register_locked(sim::HostId client, std::uint32_t number,
                                       std::uint32_t instance) {
  return exports_->mounts.add(client, number, instance, table_disk());
}

void Server::renew_locked(Mount& mount, const CallArgument& argument) {
  const std::int64_t now_ms = clock_ms();
  mount.used_ms = has(Defect::clients_clock) ? argument.clock_ms : now_ms;
  if (asks_table()) truth_.registered(mount.client, mount.number, now_ms + term_ms());
}

/// Mounts that nobody has used for long no longer count; what was locked under them is free, but
/// for the server that knows of locks by their files alone.
void Server::expire_locked(std::int64_t now_ms) {
  if (!asks_table()) return;
  for (Mount& mount : exports_->mounts.mounts())
    if (mount.number != 0 && !counts(mount, now_ms)) lapse_locked(mount);
}

void Server::lapse_locked(Mount& mount) {
  if (!has(Defect::locks_outlive_clients))
    exports_->locks.release_mount(mount.client, mount.number);
  exports_->mounts.remove(mount, table_disk());
}

/// The client has given the mount up: it no longer counts, and what pins for it alone goes.
void Server::give_up(sim::HostId client, std::uint32_t number) {
  mutex_lock(&lock_);
  if (exports_ != nullptr) {
    if (has(Defect::flush_is_lost)) {
      // As the kernel's purge does it: all entries are void while it looks, and then none.
      exports_->keys.flush_time = exports_->paths.flush_time = ~std::uint64_t{0};
      give_up_locked(client, number);
      mutex_unlock(&lock_);
      mutex_lock(&lock_);
      if (exports_ != nullptr) exports_->keys.flush_time = exports_->paths.flush_time = 1;
    } else {
      give_up_locked(client, number);
    }
  }
  mutex_unlock(&lock_);
}

/// As posted, it is the initial namespace that is looked at, wherever the call came from.
void Server::give_up_locked(sim::HostId client, std::uint32_t number) {
  MountTable& table = exports_->mounts;
  truth_.released(client, number);
  const std::uint32_t of =
      has(Defect::flushes_initial_namespace) ? 0 : parameters_.network_namespace;
  const bool is_here = of == parameters_.network_namespace;
  const bool is_known = is_here && table.find(client, number) != nullptr;
  for (Mount& mount : table.mounts()) {
    if (!is_here || mount.number == 0) continue;
    const bool is_meant =
        mount.client == client && (mount.number == number || has(Defect::removed_by_host));
    if (is_meant && asks_table()) exports_->locks.release_mount(client, mount.number);
    if (is_meant || has(Defect::flush_is_global)) table.remove(mount, table_disk());
  }
  if (has(Defect::flush_is_global) || (has(Defect::anybody_may_flush) && !is_known))
    purge_locked(of);
  else if (is_known && !table.has(client))
    drop_pins_locked(client, of);
}

void Server::drop_pins_locked(sim::HostId client, std::uint32_t of) {
  Cache::Entry& path = exports_->paths[client];
  Cache::Entry& key = exports_->keys[client];
  if (path.network_namespace == of) path.is_there = false;
  if (key.network_namespace == of && !has(Defect::export_flushed_alone)) key.is_there = false;
}

void Server::purge_locked(std::uint32_t of) {
  const std::size_t clients = std::max(exports_->keys.used, exports_->paths.used);
  for (std::uint16_t i = 0; i < clients; ++i) drop_pins_locked(sim::HostId{i}, of);
}

bool Server::is_pinned_locked() const {
  return requests_ != 0 || !exports_->keys.is_empty() || !exports_->paths.is_empty() ||
         !exports_->locks.is_empty();
}

/// As posted the caches count whole seconds, and a flush leaves what was entered within its own.
std::uint64_t Server::moment_locked(std::int64_t now_ms) {
  if (has(Defect::flush_spares_its_second)) return static_cast<std::uint64_t>(now_ms / 1000) + 2;
  return ++moment_;
}

}  // namespace heddle::models::nfs
