#include "models/nfs/client.hpp"

#include "sim/kernel/printk.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

Client::Client(sim::Network& network, sim::Mailbox& server, sim::Mailbox& replies,
               std::uint32_t first_xid, Timing timing, Defects defects)
    : defects_(defects),
      s_umount_(MUTEX_UNLOCKED("s_umount")),
      kind_(timing.timeout_ms == sim::Machine::for_ever ? rpc_task::hard : rpc_task::soft) {
  rpc_init(&rpc_, network, server, replies, first_xid, timing.timeout_ms, timing.retransmissions);
}

int Client::call(Procedure procedure, int number) {
  const auto argument = static_cast<std::uint32_t>(number);
  return rpc_call_sync(&rpc_, static_cast<std::uint32_t>(procedure), &argument, sizeof argument,
                       nullptr, 0, kind_);
}

int Client::mount() {
  const int number = call(Procedure::mount, 0);
  // As posted, a superblock that was never set up is killed like any other.
  if (number < 0 && defects_.has(Defect::failed_mount_sends_umount)) umount(0);
  return number;
}

int Client::umount(int number) {
  mutex_lock(&s_umount_);
  int result = call(Procedure::umount, number);
  if (result == -EPROC_UNAVAIL && !defects_.has(Defect::unavailable_is_loud))
    result = call(Procedure::umnt, number);  // what every server knows
  if (result == -EPROC_UNAVAIL) {
    printk("nfs_kill_super: nfs_proc3_umount() failed err = %d", result);
    ++errors_logged_;
  }
  mutex_unlock(&s_umount_);
  return result;
}

int Client::send_umount(const void* argument, std::size_t size) {
  return rpc_call_sync(&rpc_, static_cast<std::uint32_t>(Procedure::umount), argument, size,
                       nullptr, 0, kind_);
}

}  // namespace heddle::models::nfs
