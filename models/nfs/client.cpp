#include "models/nfs/client.hpp"

#include "sim/kernel/errno.hpp"
#include "sim/kernel/printk.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

Client::Client(sim::World& world, sim::Host& host, Ports& server, sim::Mailbox& replies,
               std::uint32_t first_xid, Timing timing, Truth& truth, Defects defects,
               bool knows_umount)
    : world_(world),
      host_(host),
      truth_(truth),
      defects_(defects),
      knows_umount_(knows_umount && design_of(defects) == Design::lease),
      s_umount_(MUTEX_UNLOCKED("s_umount")),
      kind_(timing.timeout_ms == sim::Machine::for_ever ? rpc_task::hard : rpc_task::soft) {
  constexpr std::uint32_t apart = 5'000;  // both answer to the same mailbox
  rpc_init(&mountd_, server.network, server.mountd, replies, first_xid + apart, timing.timeout_ms,
           timing.retransmissions);
  rpc_init(&nfsd_, server.network, server.nfsd, replies, first_xid, timing.timeout_ms,
           timing.retransmissions);
  mountd_.connects = nfsd_.connects = timing.has_connection;
}

bool Client::has_lease() const {
  return design_of(defects_) == Design::lease && !has(Defect::pins_outlive_clients);
}

/// Until when what was granted for a call is good, by the client's clock: counted from when it was
/// sent, so that the server counts longer. Without leases it is good until it is given up.
std::int64_t Client::lease_ends(std::int64_t sent_ms) const {
  if (!has_lease()) return sim::Machine::for_ever;
  constexpr std::int64_t million = 1'000'000;
  const std::int64_t drift_ppm = world_.machine().host(host_.id()).drift_ppm;
  return sent_ms + Server::lease_ms * million / (million + drift_ppm);
}

int Client::call(rpc_client& to, Procedure procedure, CallArgument argument) {
  argument.instance = host_.boots();
  argument.clock_ms = world_.machine().clock_ms(host_.id());
  return rpc_call_sync(&to, static_cast<std::uint32_t>(procedure), &argument, sizeof argument,
                       nullptr, 0, kind_);
}

int Client::use(Procedure procedure, const CallArgument& argument) {
  const std::int64_t sent_ms = world_.machine().now_ms();
  const int result = call(nfsd_, procedure, argument);
  world_.expect(result != -ESTALE || !truth_.is_valid(host_.id(), argument.number),
                "S2: a client that has it mounted, within its lease, gets no ESTALE");
  if (result >= 0) renew(argument.number, lease_ends(sent_ms));
  const bool tells_boot = result > 0 && procedure != Procedure::lookup;
  if (tells_boot) reclaim_locks(static_cast<std::uint32_t>(result));
  return result;
}

void Client::renew(std::uint32_t number, std::int64_t until_ms) {
  if (!truth_.is_valid(host_.id(), number)) return;
  truth_.believes(host_.id(), number, until_ms);
}

int Client::access(int number) {
  const int result = use(Procedure::access, about(number));
  return result > 0 ? 0 : result;
}

int Client::mount() {
  const std::int64_t sent_ms = world_.machine().now_ms();
  int number = call(mountd_, Procedure::mount, {});
  if (number > 0) {
    // With a lease it has a right from here on, else when it has been seen to work.
    const auto name = static_cast<std::uint32_t>(number);
    if (has_lease()) truth_.believes(host_.id(), name, lease_ends(sent_ms));
    const int seen = access(number);
    if (seen == 0 && !has_lease()) truth_.believes(host_.id(), name, sim::Machine::for_ever);
    if (seen != 0) {
      truth_.believes_no_more(host_.id(), name);
      number = seen;
    }
  }
  // As posted, a superblock that was never set up is killed like any other.
  if (number < 0 && has(Defect::failed_mount_sends_umount)) umount(0);
  return number;
}

int Client::enter(int number) {
  const std::int64_t sent_ms = world_.machine().now_ms();
  const int below = use(Procedure::lookup, about(number));
  if (below > 0)
    truth_.believes(host_.id(), static_cast<std::uint32_t>(below), lease_ends(sent_ms));
  return below;
}

// ---- locks --------------------------------------------------------------------------------------

int Client::lock(int number, LockName name) {
  const std::int64_t sent_ms = world_.machine().now_ms();
  CallArgument argument = about(number);
  argument.lock = name;
  const int result = use(Procedure::lock, argument);
  if (result < 0) return result;
  for (HeldLock& held : locks_) {
    if (held.number != 0) continue;
    held = {argument.number, name};
    break;
  }
  server_boot_ = static_cast<std::uint32_t>(result);
  world_.expect(truth_.holds(host_.id(), host_.boots(), name, lease_ends(sent_ms)),
                "a file lock that a client holds, within its lease, is given to nobody else");
  return 0;
}

void Client::forget_lock(LockName name) {
  for (HeldLock& held : locks_)
    if (held.name == name) held.number = 0;
  truth_.holds_no_more(host_.id(), name);
}

int Client::unlock(int number, LockName name) {
  forget_lock(name);
  CallArgument argument = about(number);
  argument.lock = name;
  const int result = use(Procedure::unlock, argument);
  return result > 0 ? 0 : result;
}

/// The server has come up again since the locks were taken: it has forgotten them, and gives them
/// to who had them before it gives them to others. What it does not give is lost.
void Client::reclaim_locks(std::uint32_t boot) {
  if (server_boot_ == 0 || boot == server_boot_) return;
  server_boot_ = boot;
  for (HeldLock& held : locks_) {
    if (held.number == 0) continue;
    const std::int64_t sent_ms = world_.machine().now_ms();
    CallArgument argument = about(static_cast<int>(held.number));
    argument.lock = held.name;
    argument.reclaims = 1;
    const int result = call(nfsd_, Procedure::lock, argument);
    if (result < 0)
      forget_lock(held.name);
    else
      truth_.holds(host_.id(), host_.boots(), held.name, lease_ends(sent_ms));
  }
}

/// Its files are closed before a file system is unmounted.
void Client::unlock_all(int number) {
  for (const HeldLock& held : locks_)
    if (held.number != 0 && held.number == static_cast<std::uint32_t>(number))
      unlock(number, held.name);
}

// ---- writing and unmounting ---------------------------------------------------------------------

/// A server that has lost what it had not made stable says so by another verifier: then it is
/// written again.
int Client::write_back(int number) {
  while (dirty_ != 0) {
    CallArgument argument = about(number);
    argument.data = dirty_;
    const int written = use(Procedure::write, argument);
    if (written < 0) return written;
    const int committed = use(Procedure::commit, about(number));
    if (committed < 0) return committed;
    if (written != committed && !has(Defect::commit_not_resent)) continue;
    truth_.is_stable(dirty_);
    dirty_ = 0;
  }
  return 0;
}

int Client::sync(int number) {
  mutex_lock(&s_umount_);
  const int result = write_back(number);
  mutex_unlock(&s_umount_);
  return result;
}

/// As posted, the server is told before the superblock is shut down, that is before its dirty pages
/// are written back, and with s_umount held for as long as the call takes.
int Client::umount(int number) {
  const bool tells_first = has(Defect::umount_precedes_writeback);
  const bool tells_inside = has(Defect::superblock_held);
  int result = 0;
  unlock_all(number);
  mutex_lock(&s_umount_);
  if (tells_first) result = tell_server(number);
  write_back(number);
  truth_.believes_no_more(host_.id(), static_cast<std::uint32_t>(number));
  if (!tells_first && tells_inside) result = tell_server(number);
  mutex_unlock(&s_umount_);
  if (!tells_first && !tells_inside) result = tell_server(number);
  return result;
}

int Client::tell_server(int number) {
  if (!knows_umount_) return call(mountd_, Procedure::umnt, about(number));
  int result = call(nfsd_, Procedure::umount, about(number));
  if (result == -EPROC_UNAVAIL && !has(Defect::unavailable_is_loud))
    result = call(mountd_, Procedure::umnt, about(number));  // what every server knows
  if (result == -EPROC_UNAVAIL) {
    printk("nfs_kill_super: nfs_proc3_umount() failed err = %d", result);
    ++errors_logged_;
  }
  return result;
}

void Client::detach(int number) {
  detached_ = number;
  if (open_files_ == 0) umount(number);
}

void Client::close() {
  if (--open_files_ == 0 && detached_ != 0) umount(detached_);
}

int Client::send_umount(const void* argument, std::size_t size) {
  return rpc_call_sync(&nfsd_, static_cast<std::uint32_t>(Procedure::umount), argument, size,
                       nullptr, 0, kind_);
}

}  // namespace heddle::models::nfs
