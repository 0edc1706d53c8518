// What the server's administrator calls.
#include "models/nfs/server.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

int Server::umount() {
  if (design() == Design::administrator) revoke();
  mutex_lock(&lock_);
  const std::int64_t now_ms = clock_ms();
  // Who had it mounted before a reboot is not known until it is heard of again; which it may be as
  // soon as the exports are there.
  bool is_busy = design() == Design::lease && host_.boots() > 1 &&
                 now_ms <= booted_ms_ + term_ms() && !has(Defect::no_grace) &&
                 !has(Defect::pins_outlive_clients);
  if (design() == Design::mount_table) is_busy = exports_ == nullptr;  // the table is not read yet
  if (exports_ != nullptr) {
    expire_locked(now_ms);
    for (const Mount& mount : exports_->mounts) is_busy = is_busy || mount.number != 0;
    if (!is_busy && has(Defect::check_not_atomic)) {
      mutex_unlock(&lock_);
      mutex_lock(&lock_);
    }
    // What is pinned for nobody's mount is only remembered.
    if (!is_busy)
      for (Pins& pins : exports_->pins) drop_pins(pins);
    is_busy = is_busy || is_pinned();
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

/// As exportfs does it, from outside of the kernel: first its table, then the caches' time of
/// flush, then the caches.
void Server::revoke() {
  mutex_lock(&lock_);
  truth_.revoked(next_number_);
  exported_ = false;
  ++etab_generation_;
  mutex_unlock(&lock_);
  mutex_lock(&lock_);
  flush_stamp_ = ++stamp_;
  mutex_unlock(&lock_);
  mutex_lock(&lock_);
  if (exports_ != nullptr) {
    for (Pins& pins : exports_->pins)
      if (pins.refreshed < flush_stamp_) drop_pins(pins);
    for (Mount& mount : exports_->mounts)
      if (mount.number != 0) remove_locked(mount);
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
  kfree(exports_);
  if (!flushes_late) exports_ = nullptr;
  mutex_unlock(&lock_);
  if (queue != nullptr && flushes_late) flush_workqueue(queue);
  mutex_unlock(&nfsd_mutex_);
}

/// Who has seen the queue has it until it says so; nobody sees it any more.
void Server::exit() {
  mutex_lock(&lock_);
  Workqueue* const queue = queue_;
  if (!has(Defect::queue_dangles)) queue_ = nullptr;
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

std::uint32_t Server::upcalls() {
  mutex_lock(&lock_);
  const std::uint32_t upcalls = upcalls_;
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
