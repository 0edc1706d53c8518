// What the server's administrator calls.
#include "models/nfs/server.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

/// The caches' cleaner is taken to have just come by.
int Server::umount() {
  if (design() == Design::administrator) revoke();
  mutex_lock(&lock_);
  const std::int64_t now_ms = clock_ms();
  // Who had it mounted before a reboot is not known until it is heard of again; which it may be as
  // soon as the exports are there.
  bool is_busy =
      design() == Design::lease && asks_table() && is_in_grace() && !has(Defect::no_grace);
  if (design() == Design::mount_table) is_busy = exports_ == nullptr;  // the table is not read yet
  if (exports_ != nullptr) {
    expire_locked(now_ms);
    exports_->keys.sweep(now_ms);
    exports_->paths.sweep(now_ms);
    if (asks_table()) is_busy = is_busy || !exports_->mounts.is_empty();
    if (asks_table() && !is_busy && has(Defect::check_not_atomic)) {
      mutex_unlock(&lock_);
      mutex_lock(&lock_);
    }
  }
  if (exports_ != nullptr) {
    // What is pinned for nobody's mount is only remembered.
    if (asks_table() && !is_busy) purge_locked(parameters_.network_namespace);
    is_busy = is_busy || is_pinned_locked();
  }
  if (!is_busy) {
    if (disk_ != nullptr) disk_->flush();
    mounted_ = false;
    world_.expect(!truth_.is_registered(clock_ms()),
                  "S1: a file system is not unmounted while a client's mount of it counts");
  }
  mutex_unlock(&lock_);
  return is_busy ? -EBUSY : 0;
}

/// From outside of the kernel: first the caches' time of flush, then the caches.
void Server::flush() {
  mutex_lock(&lock_);
  ++flushes_;
  if (exports_ != nullptr)
    exports_->keys.flush_time = exports_->paths.flush_time = moment_locked(clock_ms());
  mutex_unlock(&lock_);
  mutex_lock(&lock_);
  if (exports_ != nullptr) {
    exports_->keys.sweep(clock_ms());
    exports_->paths.sweep(clock_ms());
  }
  mutex_unlock(&lock_);
}

/// What was begun before the flush still has what it looked up.
void Server::wait_for_requests() {
  wait_event(&idle_, [this] {
    mutex_lock(&lock_);
    const bool is_idle = requests_ == 0;
    mutex_unlock(&lock_);
    return is_idle;
  });
}

void Server::revoke() {
  mutex_lock(&lock_);
  truth_.revoked(next_number_);
  mutex_unlock(&lock_);
  mutex_lock(&etab_lock_);
  exported_ = false;
  mutex_unlock(&etab_lock_);
  flush();
  if (disk_ != nullptr && !has(Defect::revoke_does_not_drain)) wait_for_requests();
  mutex_lock(&lock_);
  if (exports_ != nullptr) {
    exports_->locks = {};
    for (Mount& mount : exports_->mounts.mounts())
      if (mount.number != 0) exports_->mounts.remove(mount, table_disk());
  }
  truth_.revoked(next_number_);  // also what was promised meanwhile
  revoked_ = true;
  mutex_unlock(&lock_);
}

/// What was queued before is done before the exports go.
void Server::stop() {
  mutex_lock(&lock_);
  Workqueue* const queue = queue_;
  mutex_unlock(&lock_);
  const bool flushes_late = has(Defect::flushed_after_shutdown);
  const bool flushes_inside = has(Defect::flush_takes_nfsd_mutex);
  if (queue != nullptr && !flushes_inside && !flushes_late) flush_workqueue(queue);
  mutex_lock(&nfsd_mutex_);
  if (queue != nullptr && flushes_inside) flush_workqueue(queue);
  mutex_lock(&lock_);
  truth_.revoked(next_number_);  // by who decides to stop
  kfree(exports_);
  if (!flushes_late) exports_ = nullptr;
  mutex_unlock(&lock_);
  if (queue != nullptr && flushes_late) flush_workqueue(queue);
  mutex_unlock(&nfsd_mutex_);
}

/// Who has seen the queue has it until it says so; nobody sees it any more.
void Server::exit() {
  mutex_lock(&lock_);
  // A module whose init has not ended does not go.
  Workqueue* const queue = is_loaded_ ? queue_ : nullptr;
  if (queue != nullptr && !has(Defect::queue_dangles)) queue_ = nullptr;
  mutex_unlock(&lock_);
  if (queue == nullptr) return;
  if (!has(Defect::queue_dangles))
    wait_event(&idle_, [this] {
      mutex_lock(&lock_);
      const bool is_idle = users_of_queue_ == 0;
      mutex_unlock(&lock_);
      return is_idle;
    });
  flush_workqueue(queue);
  stop_workqueue(queue);
  worker_.join();
  kfree(queue);
}

std::uint32_t Server::upcalls(sim::HostId client) {
  mutex_lock(&lock_);
  const std::uint32_t upcalls = upcalls_[client.value];
  mutex_unlock(&lock_);
  return upcalls;
}

std::uint32_t Server::patched_umounts() {
  mutex_lock(&lock_);
  const std::uint32_t umounts = umounts_;
  mutex_unlock(&lock_);
  return umounts;
}

}  // namespace heddle::models::nfs
