#include "models/nfs/server.hpp"

#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

Server::Server(sim::World& world, sim::Host& host, sim::Network& network, sim::Mailbox& calls,
               Truth& truth, const Parameters& parameters)
    : world_(world),
      host_(host),
      network_(network),
      calls_(calls),
      truth_(truth),
      parameters_(parameters),
      lock_(MUTEX_UNLOCKED("nfsd_exports")),
      nfsd_mutex_(MUTEX_UNLOCKED("nfsd_mutex")),
      next_number_(host.boots() * 100u),
      booted_ms_(world.machine().now_ms()) {}

int Server::init() {
  auto* const exports = static_cast<Exports*>(kzalloc(sizeof(Exports), GFP_KERNEL, "exports"));
  if (exports == nullptr) return -ENOMEM;
  // The module goes without the queue, as posted; what would be queued is done at once then.
  Workqueue* const queue = create_workqueue();
  mutex_lock(&lock_);
  exports_ = exports;
  queue_ = queue;
  mutex_unlock(&lock_);
  if (queue != nullptr) host_.daemon("worker", [this, queue] { work(queue); }, 1);
  return 0;
}

// ---- calls --------------------------------------------------------------------------------------

void Server::serve() {
  for (svc_request request;;) {
    svc_receive(calls_, &request);
    // What has no effect when it is repeated is not cached, nor is the patch's procedure.
    const bool is_cached =
        request.header.procedure == static_cast<std::uint32_t>(Procedure::mount) &&
        !has(Defect::replies_not_cached);
    if (is_cached && svc_repeats(network_, replies_, request)) continue;
    const int status = dispatch(request);
    if (is_cached) svc_remember(&replies_, request, status);
    svc_reply(network_, request, status);
  }
}

int Server::dispatch(const svc_request& request) {
  const sim::HostId client = request.message.from;
  std::uint32_t number = 0;
  switch (static_cast<Procedure>(request.header.procedure)) {
    case Procedure::null:
      return 0;
    case Procedure::mount:
      return do_mount(client);
    case Procedure::umnt:
      return argument_of(request, &number) ? do_umount(client, number) : -EINVAL;
    case Procedure::access:
      return argument_of(request, &number) ? do_access(client, number, false) : -EINVAL;
    case Procedure::lock:
      return argument_of(request, &number) ? do_access(client, number, true) : -EINVAL;
    case Procedure::umount:
      return parameters_.knows_umount ? do_patched_umount(request) : -EPROC_UNAVAIL;
  }
  return -EPROC_UNAVAIL;
}

/// The argument lies in a buffer of just its size.
bool Server::argument_of(const svc_request& request, std::uint32_t* number) const {
  const std::size_t size = request.argument_size();
  auto* words = static_cast<std::uint32_t*>(kmalloc(size, GFP_KERNEL, "argument"));
  if (words == nullptr) return false;
  __builtin_memcpy(words, request.argument(), size);
  const bool is_patched = request.header.procedure == static_cast<std::uint32_t>(Procedure::umount);
  if (is_patched && has(Defect::argument_unchecked)) *number = *words;
  const bool has_word = size >= sizeof *words;
  if (has_word) *number = *words;
  kfree(words);
  return has_word;
}

Server::Mount* Server::find(sim::HostId client, std::uint32_t number) const {
  for (Mount& mount : exports_->mounts)
    if (mount.number != 0 && mount.client == client && mount.number == number) return &mount;
  return nullptr;
}

int Server::do_mount(sim::HostId client) {
  mutex_lock(&lock_);
  int result = -EACCES;
  if (exports_ != nullptr && mounted_ && parameters_.exports) {
    result = -ENOMEM;
    for (Mount& mount : exports_->mounts) {
      if (mount.number != 0) continue;
      mount = {client, ++next_number_, world_.machine().now_ms(), false};
      truth_.mounted(client, mount.number);
      result = static_cast<int>(mount.number);
      break;
    }
  }
  mutex_unlock(&lock_);
  return result;
}

/// A use of the file handle: it is looked up in the caches, which pin what they know, and which ask
/// mountd for what they do not.
int Server::do_access(sim::HostId client, std::uint32_t number, bool takes_lock) {
  mutex_lock(&lock_);
  int result = -ESTALE;
  if (exports_ != nullptr && mounted_ && parameters_.exports) {
    Pins& pins = exports_->pins[client.value];
    if (!pins.export_entry || !pins.expkey_entry) ++upcalls_;
    pins = {true, true};
    Mount* mount = find(client, number);
    // After a reboot the server hears of its clients again by what they do.
    for (Mount& free : exports_->mounts) {
      if (mount != nullptr) break;
      if (free.number == 0) mount = &(free = {client, number, 0, false});
    }
    if (mount != nullptr) {
      mount->used_ms = world_.machine().now_ms();
      mount->has_lock = mount->has_lock || takes_lock;
    }
    result = 0;
  }
  mutex_unlock(&lock_);
  return result;
}

int Server::do_umount(sim::HostId client, std::uint32_t number) {
  give_up(client, number);
  return 0;
}

/// As posted: the work is queued, and the answer is OK in any case. The server that is right answers
/// when it is done.
int Server::do_patched_umount(const svc_request& request) {
  std::uint32_t number = 0;
  if (!argument_of(request, &number)) return -EINVAL;
  const sim::HostId client = request.message.from;
  mutex_lock(&lock_);
  ++umounts_;
  Workqueue* const queue = queue_;
  mutex_unlock(&lock_);
  if (queue == nullptr) {
    if (!has(Defect::queue_failure_ignored)) give_up(client, number);
    return 0;
  }
  const std::uint32_t ticket = queue_work(queue, {client, number});
  if (!has(Defect::reply_precedes_flush)) wait_for_work(queue, ticket);
  return 0;
}

void Server::work(Workqueue* queue) {
  for (WorkItem item; take_work(queue, &item); finish_work(queue)) {
    if (has(Defect::flush_takes_nfsd_mutex)) mutex_lock(&nfsd_mutex_);
    give_up(item.client, item.number);
    if (has(Defect::flush_takes_nfsd_mutex)) mutex_unlock(&nfsd_mutex_);
  }
}

/// The client has given the mount up: it no longer counts, and what pins for it alone goes.
void Server::give_up(sim::HostId client, std::uint32_t number) {
  mutex_lock(&lock_);
  truth_.unmounted(client, number);
  const bool is_elsewhere =
      has(Defect::flushes_initial_namespace) && parameters_.network_namespace != 0;
  if (exports_ != nullptr && !is_elsewhere) {
    const bool is_known = find(client, number) != nullptr;
    const bool of_all =
        has(Defect::flush_is_global) || (has(Defect::anybody_may_flush) && !is_known);
    bool has_others = false;
    for (Mount& mount : exports_->mounts) {
      const bool is_meant =
          mount.client == client && (mount.number == number || has(Defect::removed_by_host));
      if (is_meant || has(Defect::flush_is_global)) mount.number = 0;
      has_others = has_others || (mount.number != 0 && mount.client == client);
    }
    if (!has_others && is_known) drop_pins(exports_->pins[client.value]);
    if (of_all)
      for (Pins& pins : exports_->pins) drop_pins(pins);
  }
  mutex_unlock(&lock_);
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

// ---- the administrator --------------------------------------------------------------------------

/// Mounts that nobody has used for long no longer count.
void Server::expire(std::int64_t now_ms) {
  const std::int64_t lasts_ms = has(Defect::pins_outlive_clients) ? ttl_ms : lease_ms;
  for (Mount& mount : exports_->mounts) {
    if (mount.number == 0 || now_ms < mount.used_ms + lasts_ms) continue;
    if (mount.has_lock && has(Defect::locks_outlive_clients)) continue;
    truth_.unmounted(mount.client, mount.number);
    mount.number = 0;
  }
}

int Server::umount() {
  mutex_lock(&lock_);
  const std::int64_t now_ms = world_.machine().now_ms();
  // Who had it mounted before a reboot is not known until it is heard of again; which it may be as
  // soon as the exports are there.
  bool is_busy = host_.boots() > 1 && now_ms < booted_ms_ + lease_ms && !has(Defect::no_grace);
  if (exports_ != nullptr) {
    expire(now_ms);
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
    mounted_ = false;
    world_.expect(!truth_.is_in_use(),
                  "a file system is not unmounted while a client has it mounted");
  }
  mutex_unlock(&lock_);
  return is_busy ? -EBUSY : 0;
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

bool Server::is_mounted() {
  mutex_lock(&lock_);
  const bool mounted = mounted_;
  mutex_unlock(&lock_);
  return mounted;
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
