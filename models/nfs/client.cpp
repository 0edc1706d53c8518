#include "models/nfs/client.hpp"

#include "models/nfs/server.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/printk.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

Client::Client(sim::World& world, sim::Host& host, sim::Network& network, sim::Mailbox& server,
               sim::Mailbox& replies, std::uint32_t first_xid, Timing timing, Truth& truth,
               Defects defects)
    : world_(world),
      host_(host),
      truth_(truth),
      defects_(defects),
      s_umount_(MUTEX_UNLOCKED("s_umount")),
      kind_(timing.timeout_ms == sim::Machine::for_ever ? rpc_task::hard : rpc_task::soft) {
  rpc_init(&rpc_, network, server, replies, first_xid, timing.timeout_ms, timing.retransmissions);
}

/// Until when what was granted for a call is good, by the client's clock: counted from when it was
/// sent, so that the server counts longer. Without leases it is good until it is given up.
std::int64_t Client::lease_ends(std::int64_t sent_ms) const {
  if (design_of(defects_) != Design::lease || has(Defect::pins_outlive_clients))
    return sim::Machine::for_ever;
  constexpr std::int64_t million = 1'000'000;
  const std::int64_t drift_ppm = world_.machine().host(host_.id()).drift_ppm;
  return sent_ms + Server::lease_ms * million / (million + drift_ppm);
}

int Client::call(Procedure procedure, int number, std::uint64_t data) {
  sim::Machine& machine = world_.machine();
  const std::int64_t sent_ms = machine.now_ms();
  const CallArgument argument{static_cast<std::uint32_t>(number), host_.boots(),
                              machine.clock_ms(host_.id()), data};
  const int result = rpc_call_sync(&rpc_, static_cast<std::uint32_t>(procedure), &argument,
                                   sizeof argument, nullptr, 0, kind_);
  const bool uses = procedure == Procedure::access || procedure == Procedure::lock ||
                    procedure == Procedure::write || procedure == Procedure::commit;
  if (!uses) return result;
  world_.expect(result != -ESTALE || !truth_.is_valid(host_.id(), argument.number),
                "S2: a client that has it mounted, within its lease, gets no ESTALE");
  if (result >= 0 && truth_.is_valid(host_.id(), argument.number))
    truth_.believes(host_.id(), argument.number, lease_ends(sent_ms));
  return result;
}

int Client::mount() {
  const std::int64_t sent_ms = world_.machine().now_ms();
  const int number = call(Procedure::mount, 0);
  if (number > 0)
    truth_.believes(host_.id(), static_cast<std::uint32_t>(number), lease_ends(sent_ms));
  // As posted, a superblock that was never set up is killed like any other.
  if (number < 0 && has(Defect::failed_mount_sends_umount)) umount(0);
  return number;
}

/// A server that has lost what it had not made stable says so by another verifier: then it is
/// written again.
int Client::write_back(int number) {
  while (dirty_ != 0) {
    const int written = call(Procedure::write, number, dirty_);
    if (written < 0) return written;
    const int committed = call(Procedure::commit, number);
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
  if (design_of(defects_) != Design::lease) return call(Procedure::umnt, number);
  int result = call(Procedure::umount, number);
  if (result == -EPROC_UNAVAIL && !has(Defect::unavailable_is_loud))
    result = call(Procedure::umnt, number);  // what every server knows
  if (result == -EPROC_UNAVAIL) {
    printk("nfs_kill_super: nfs_proc3_umount() failed err = %d", result);
    ++errors_logged_;
  }
  return result;
}

int Client::send_umount(const void* argument, std::size_t size) {
  return rpc_call_sync(&rpc_, static_cast<std::uint32_t>(Procedure::umount), argument, size,
                       nullptr, 0, kind_);
}

}  // namespace heddle::models::nfs
