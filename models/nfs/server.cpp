// nfsd: who calls, and what is answered.
#include "models/nfs/server.hpp"

#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

Ports::Ports(sim::World& world, sim::Network& outer, sim::HostId host)
    : network(outer),
      pipes(world.create<sim::Network>(sim::MessageFaults{})),
      nfsd(outer.mailbox("nfsd", host, 64)),
      mountd(outer.mailbox("mountd", host, 64)),
      answers{&pipes.mailbox("answers", host), &pipes.mailbox("answers", host)} {}

Server::Server(sim::World& world, sim::Host& host, Ports& ports, sim::Disk* disk, Truth& truth,
               const Parameters& parameters)
    : world_(world),
      host_(host),
      ports_(ports),
      disk_(disk),
      truth_(truth),
      parameters_(parameters),
      lock_(MUTEX_UNLOCKED("nfsd_exports")),
      nfsd_mutex_(MUTEX_UNLOCKED("nfsd_mutex")),
      etab_lock_(MUTEX_UNLOCKED("etab")),
      idle_(WAIT_QUEUE_HEAD("nfsd_idle")),
      worker_(world.machine().self()),
      next_number_(host.boots() * 100u),
      booted_ms_(world.machine().clock_ms(host.id())) {
  parameters_.knows_umount = parameters.knows_umount && design() == Design::lease;
  // No boot takes the answer to an earlier one's question for its own.
  for (std::size_t i = 0; i < channels_.size(); ++i)
    rpc_init(&channels_[i], ports.pipes, ports.mountd, *ports.answers[i], host.boots() * 10'000u,
             sim::Machine::for_ever, 0);
}

int Server::start() {
  auto* const exports = typed<Exports>(kzalloc(sizeof(Exports), GFP_KERNEL, "exports"));
  if (exports == nullptr) return -ENOMEM;
  mutex_lock(&lock_);
  exports_ = exports;
  const sim::Disk* const disk = table_disk();
  if (disk != nullptr && host_.boots() > 1) exports_->mounts.load(*disk, clock_ms());
  mutex_unlock(&lock_);
  return 0;
}

/// The module goes without the queue, as posted; what would be queued is done at once then. As
/// posted, others may see the queue before its work is set up.
void Server::load() {
  if (!parameters_.knows_umount) return;
  Workqueue* const queue = allocate_workqueue();
  if (queue == nullptr) return;
  if (has(Defect::work_queued_before_init)) {
    mutex_lock(&lock_);
    queue_ = queue;
    mutex_unlock(&lock_);
  }
  init_work(queue);
  mutex_lock(&lock_);
  queue_ = queue;
  worker_ = host_.daemon("worker", [this, queue] { work(queue); }, 1);
  is_loaded_ = true;
  mutex_unlock(&lock_);
}

/// What has no effect when it is repeated is not cached, nor is the patch's procedure.
void Server::serve(std::size_t number) {
  for (Request request;;) {
    svc_receive(ports_.nfsd, &request);
    if (!svc_is_connected(ports_.network, &to_nfsd_, &request)) continue;
    svc_reply(ports_.network, request, dispatch(number, request));
  }
}

void Server::break_connections(sim::HostId client) {
  svc_break(&to_nfsd_, client);
  svc_break(&to_mountd_, client);
}

int Server::dispatch(std::size_t thread, const Request& request) {
  const sim::HostId client = request.message.from;
  const auto procedure = static_cast<Procedure>(request.header.procedure);
  CallArgument argument;
  if (procedure == Procedure::null) return 0;
  if (procedure == Procedure::umount)
    return parameters_.knows_umount ? do_patched_umount(request) : -EPROC_UNAVAIL;
  if (request.argument_size() != sizeof argument) return -EINVAL;
  __builtin_memcpy(&argument, request.argument(), sizeof argument);
  switch (procedure) {
    case Procedure::notify:
      return do_notify(client, argument);
    case Procedure::access:
    case Procedure::lookup:
    case Procedure::write:
    case Procedure::commit:
    case Procedure::lock:
    case Procedure::unlock:
      return do_use(thread, client, procedure, argument);
    default:
      return -EPROC_UNAVAIL;
  }
}

int Server::do_use(std::size_t thread, sim::HostId client, Procedure procedure,
                   const CallArgument& argument) {
  mutex_lock(&lock_);
  int result = look_up_locked(thread, client);
  if (result == 0) {
    world_.expect(!revoked_, "S4: an export that was revoked cannot be used");
    result = use_locked(client, procedure, argument);
    if (result >= 0 && disk_ != nullptr) result = on_disk_locked(procedure, argument);
    if (result == 0) result = host_.boots();
  }
  mutex_unlock(&lock_);
  return result;
}

int Server::use_locked(sim::HostId client, Procedure procedure, const CallArgument& argument) {
  if (procedure == Procedure::unlock) {
    exports_->locks.release(client, argument.lock);
    return 0;
  }
  Mount* mount = exports_->mounts.find(client, argument.number);
  if (mount == nullptr && asks_table()) {
    // After a reboot the server hears of its clients again by what they do, while the grace period
    // runs. Without leases, whatever is used is known from then on.
    const bool is_reclaim =
        argument.number / 100 < host_.boots() && clock_ms() <= booted_ms_ + term_ms();
    if (is_reclaim || design() != Design::lease || has(Defect::renewed_by_anything))
      mount = register_locked(client, argument.number, argument.instance);
    if (mount == nullptr) return -ESTALE;
  }
  if (mount != nullptr) renew_locked(*mount, argument);
  if (!asks_table()) {
    // What pins is what was entered into the caches, for as long as it is good.
    truth_.registered(client, argument.number, exports_->keys[client].expires_ms);
  }
  if (procedure == Procedure::lock) return lock_file_locked(client, argument);
  if (procedure != Procedure::lookup) return 0;
  const std::uint32_t number = ++next_number_;
  Mount* const below = register_locked(client, number, argument.instance);
  if (below != nullptr) renew_locked(*below, argument);
  return below == nullptr ? -ENOMEM : static_cast<int>(number);
}

/// After a reboot, who held a lock before has it first.
int Server::lock_file_locked(sim::HostId client, const CallArgument& argument) {
  const bool is_new = argument.reclaims == 0;
  const bool is_early = is_new && is_in_grace() && !has(Defect::grace_grants_locks);
  const bool is_late = !is_new && !is_in_grace();
  if (is_early || is_late) return -EAGAIN;
  FileLocks& locks = exports_->locks;
  expire_locked(clock_ms());
  if (locks.in_the_way_of(client, argument.lock) != nullptr) return -EAGAIN;
  const bool taken = locks.take(client, argument.lock, argument.number, argument.instance);
  return taken ? 0 : -ENOMEM;
}

/// The request keeps what it has looked up while it waits for the disk, without lock_.
int Server::on_disk_locked(Procedure procedure, const CallArgument& argument) {
  if (procedure != Procedure::write && procedure != Procedure::commit) return 0;
  ++requests_;
  mutex_unlock(&lock_);
  if (procedure == Procedure::write) disk_->write(data_block, argument.data);
  if (procedure == Procedure::commit) disk_->flush();
  mutex_lock(&lock_);
  world_.expect(!revoked_, "S4: when an export is revoked, no request for it is under way");
  --requests_;
  wake_up(&idle_);
  return 0;
}

/// Earlier boots of the client hold nothing any more. The posted server gives locks back, no more.
int Server::do_notify(sim::HostId client, const CallArgument& argument) {
  mutex_lock(&lock_);
  if (exports_ != nullptr) {
    exports_->locks.release_boots_before(client, argument.instance);
    for (const Mount& mount : exports_->mounts.mounts())
      if (asks_table() && mount.number != 0 && mount.client == client &&
          mount.instance < argument.instance)
        give_up_locked(client, mount.number);
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
