// nfsd and mountd: who calls, and what is answered.
#include "models/nfs/server.hpp"

#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

Server::Server(sim::World& world, sim::Host& host, sim::Network& network, sim::Mailbox& calls,
               sim::Disk* disk, Truth& truth, const Parameters& parameters)
    : world_(world),
      host_(host),
      network_(network),
      calls_(calls),
      disk_(disk),
      truth_(truth),
      parameters_(parameters),
      lock_(MUTEX_UNLOCKED("nfsd_exports")),
      nfsd_mutex_(MUTEX_UNLOCKED("nfsd_mutex")),
      idle_(WAIT_QUEUE_HEAD("nfsd_idle")),
      worker_(world.machine().self()),
      next_number_(host.boots() * 100u),
      booted_ms_(world.machine().clock_ms(host.id())) {
  parameters_.knows_umount = parameters.knows_umount && design() == Design::lease;
}

int Server::init() {
  auto* const exports = typed<Exports>(kzalloc(sizeof(Exports), GFP_KERNEL, "exports"));
  if (exports == nullptr) return -ENOMEM;
  // The module goes without the queue, as posted; what would be queued is done at once then.
  Workqueue* const queue = parameters_.knows_umount ? create_workqueue() : nullptr;
  mutex_lock(&lock_);
  exports_ = exports;
  queue_ = queue;
  load_table_locked();
  if (queue != nullptr) worker_ = host_.daemon("worker", [this, queue] { work(queue); }, 1);
  mutex_unlock(&lock_);
  return 0;
}

void Server::serve() {
  for (Request request;;) {
    svc_receive(calls_, &request);
    if (request.header.procedure == static_cast<std::uint32_t>(Procedure::mount))
      serve_mount(request);
    else
      svc_reply(network_, request, dispatch(request));
  }
}

/// Of all calls, a mount alone must not be executed twice. What has no effect when it is repeated
/// is not cached, nor is the patch's procedure.
void Server::serve_mount(const Request& request) {
  const bool is_cached = !has(Defect::replies_not_cached);
  if (is_cached && svc_repeats(network_, replies_, request)) return;
  if (has(Defect::replied_before_registering)) {
    svc_reply(network_, request, static_cast<int>(next_number_ + 1));
    dispatch(request);
    return;
  }
  const int status = dispatch(request);
  if (is_cached) svc_remember(&replies_, request, status);
  svc_reply(network_, request, status);
}

int Server::dispatch(const Request& request) {
  const sim::HostId client = request.message.from;
  const auto procedure = static_cast<Procedure>(request.header.procedure);
  CallArgument argument;
  if (procedure == Procedure::null) return 0;
  if (procedure == Procedure::umount)
    return parameters_.knows_umount ? do_patched_umount(request) : -EPROC_UNAVAIL;
  if (request.argument_size() != sizeof argument) return -EINVAL;
  __builtin_memcpy(&argument, request.argument(), sizeof argument);
  switch (procedure) {
    case Procedure::mount:
      return do_mount(client, argument);
    case Procedure::umnt:
      give_up(client, argument.number);
      return 0;
    case Procedure::notify:
      return do_notify(client, argument);
    default:
      return do_use(client, procedure, argument);
  }
}

int Server::do_mount(sim::HostId client, const CallArgument& argument) {
  mutex_lock(&lock_);
  int result = -EACCES;
  if (exports_ != nullptr && mounted_ && parameters_.exports && exported_) {
    const std::uint32_t number = ++next_number_;
    Mount* const mount = register_locked(client, number, argument.instance);
    if (mount != nullptr) renew_locked(*mount, argument);
    result = mount == nullptr ? -ENOMEM : static_cast<int>(number);
  }
  mutex_unlock(&lock_);
  return result;
}

/// The file handle is looked up in the caches, which pin what they know, and which ask mountd for
/// what they do not. @returns whether it is exported to the client.
bool Server::is_cached_locked(sim::HostId client) {
  for (;;) {
    Pins& pins = exports_->pins[client.value];
    if (pins.export_entry && pins.expkey_entry && pins.refreshed >= flush_stamp_) return true;
    // mountd reads its table; what it says is entered later.
    ++upcalls_;
    const bool is_exported = exported_ && parameters_.exports;
    const std::uint32_t generation = etab_generation_;
    mutex_unlock(&lock_);
    mutex_lock(&lock_);
    if (exports_ == nullptr || !mounted_) return false;
    if (generation != etab_generation_ && !has(Defect::upcall_outlives_revoke)) continue;
    if (!is_exported) return false;
    exports_->pins[client.value] = {true, true, ++stamp_};
    return true;
  }
}

int Server::do_use(sim::HostId client, Procedure procedure, const CallArgument& argument) {
  mutex_lock(&lock_);
  int result = -ESTALE;
  if (exports_ != nullptr && mounted_) {
    result = -EACCES;
    if (is_cached_locked(client)) {
      world_.expect(!revoked_, "S4: an export that was revoked cannot be used");
      result = use_locked(client, procedure, argument);
    } else if (exports_ == nullptr || !mounted_) {
      result = -ESTALE;
    }
  }
  mutex_unlock(&lock_);
  return result;
}

int Server::use_locked(sim::HostId client, Procedure procedure, const CallArgument& argument) {
  Mount* mount = find(client, argument.number);
  if (mount == nullptr) {
    // After a reboot the server hears of its clients again by what they do, while the grace period
    // runs. Without leases, whatever is used is known from then on.
    const bool is_reclaim =
        argument.number / 100 < host_.boots() && clock_ms() <= booted_ms_ + term_ms();
    if (is_reclaim || design() != Design::lease || has(Defect::renewed_by_anything))
      mount = register_locked(client, argument.number, argument.instance);
    if (mount == nullptr) return -ESTALE;
  }
  renew_locked(*mount, argument);
  if (procedure == Procedure::lock) mount->has_lock = true;
  if (disk_ == nullptr) return 0;
  if (procedure == Procedure::write) disk_->write(data_block, argument.data);
  if (procedure == Procedure::commit) disk_->flush();
  return procedure == Procedure::write || procedure == Procedure::commit ? host_.boots() : 0;
}

/// Earlier boots of the client hold nothing any more. The posted server gives locks back, no more.
int Server::do_notify(sim::HostId client, const CallArgument& argument) {
  mutex_lock(&lock_);
  if (exports_ != nullptr)
    for (Mount& mount : exports_->mounts) {
      if (mount.number == 0 || mount.client != client || mount.instance >= argument.instance)
        continue;
      mount.has_lock = false;
      const bool only_locks = design() == Design::idle_expiry || has(Defect::pins_outlive_clients);
      if (!only_locks) give_up_locked(client, mount.number);
    }
  mutex_unlock(&lock_);
  return 0;
}

/// The argument lies in a buffer of just its size.
bool Server::number_of(const Request& request, std::uint32_t* number) const {
  const std::size_t size = request.argument_size();
  auto* words = static_cast<std::uint32_t*>(kmalloc(size, GFP_KERNEL, "argument"));
  if (words == nullptr) return false;
  __builtin_memcpy(words, request.argument(), size);
  if (has(Defect::argument_unchecked)) {
    std::uint32_t read = *words;
    asm volatile("" : "+r"(read));  // no compiler may leave out a read that nobody needs
    *number = read;
  }
  const bool has_word = size >= sizeof *words;
  if (has_word) *number = *words;
  kfree(words);
  return has_word;
}

/// As posted: the work is queued, and the answer is OK in any case. The server that is right
/// answers when it is done.
int Server::do_patched_umount(const Request& request) {
  std::uint32_t number = 0;
  if (!number_of(request, &number)) return -EINVAL;
  const sim::HostId client = request.message.from;
  mutex_lock(&lock_);
  ++umounts_;
  Workqueue* const queue = queue_;
  if (queue != nullptr) ++users_of_queue_;
  mutex_unlock(&lock_);
  if (queue == nullptr) {
    if (!has(Defect::queue_failure_ignored)) give_up(client, number);
    return 0;
  }
  const std::uint32_t ticket = queue_work(queue, {client, number});
  if (!has(Defect::reply_precedes_flush)) wait_for_work(queue, ticket);
  mutex_lock(&lock_);
  --users_of_queue_;
  mutex_unlock(&lock_);
  wake_up(&idle_);
  return 0;
}

void Server::work(Workqueue* queue) {
  for (WorkItem item; take_work(queue, &item); finish_work(queue)) {
    if (has(Defect::flush_takes_nfsd_mutex)) mutex_lock(&nfsd_mutex_);
    give_up(item.client, item.number);
    if (has(Defect::flush_takes_nfsd_mutex)) mutex_unlock(&nfsd_mutex_);
  }
}

}  // namespace heddle::models::nfs
