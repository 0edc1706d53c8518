// A client: it mounts, uses, locks, writes and unmounts, and says that it does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/nfs/defects.hpp"
#include "models/nfs/protocol.hpp"
#include "models/nfs/server.hpp"
#include "models/nfs/truth.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/rpc.hpp"
#include "sim/machine/host.hpp"
#include "sim/machine/network.hpp"

namespace heddle::models::nfs {

/// Lies in the memory of its host, and is created anew by each boot. Its tasks may call it at the
/// same time as far as nothing else is said.
class Client {
 public:
  struct Timing {
    /// How long a transmission waits for its reply; Machine::for_ever where nothing gets lost.
    std::int64_t timeout_ms = sim::Machine::for_ever;
    std::uint32_t retransmissions = 0;
    bool has_connection = false;  ///< to each service, as over TCP; needs a timeout
  };

  /// `knows_umount`: false: a client without the patch.
  Client(sim::World& world, sim::Host& host, Ports& server, sim::Mailbox& replies,
         std::uint32_t first_xid, Timing timing, Truth& truth, Defects defects,
         bool knows_umount = true);

  // One task at a time.

  /// Asks mountd, then looks at the root (FSINFO). @returns the number of the mount, > 0, or a
  /// negative errno.
  int mount();
  /// Looks at a file, which renews a lease. @returns 0, -ESTALE, -EACCES or -ETIMEDOUT.
  int access(int number);
  /// Goes into a file system that is mounted below, and so mounts it without a question to mountd.
  /// @returns the number of that mount, > 0, or a negative errno.
  int enter(int number);
  /// Takes a file lock. @returns 0, -EAGAIN or what access() returns.
  int lock(int number, LockName name = {});
  /// Gives it back.
  int unlock(int number, LockName name = {});
  /// As the kernel does it with the last reference to the superblock, whose s_umount it holds.
  /// Locks are given back before. The notification is an effort: umount itself succeeds.
  /// @returns what became of the notification.
  int umount(int number);
  /// Keeps a file open, which keeps the superblock. No call.
  void open() { ++open_files_; }
  /// Nobody finds the mount any more; it is unmounted when its last file is closed (MNT_DETACH).
  void detach(int number);
  void close();
  /// Tells mountd that nothing is mounted any more (UMNTALL).
  int umount_all() { return call(mountd_, Procedure::umntall, {}); }

  // Any task.

  /// Writes to a page, which is dirty from here on. No call. @pre data != 0.
  void write(std::uint64_t data) { dirty_ = data; }
  /// Dirty pages are stable afterwards, or an error is returned. Waits for who unmounts.
  int sync(int number);
  /// A call of the patch's procedure with so many bytes of argument, from whomever.
  int send_umount(const void* argument, std::size_t size);
  /// After a reboot: tells the server that what was before is gone (NSM).
  void notify() { call(nfsd_, Procedure::notify, {}); }

  /// Lines that were written to the log as errors.
  std::uint32_t errors_logged() const { return errors_logged_; }

 private:
  static constexpr std::size_t locks_max = 4;
  struct HeldLock {
    std::uint32_t number;  // of the mount; 0: none
    LockName name;
  };

  int call(sim::kernel::rpc_client& to, Procedure procedure, CallArgument argument);
  int use(Procedure procedure, const CallArgument& argument);
  static CallArgument about(int number) {
    return {.number = static_cast<std::uint32_t>(number), .lock = {}};
  }
  void renew(std::uint32_t number, std::int64_t until_ms);
  void reclaim_locks(std::uint32_t boot);
  void unlock_all(int number);
  void forget_lock(LockName name);
  int write_back(int number);
  int tell_server(int number);
  bool has(Defect defect) const { return defects_.has(defect); }
  bool has_lease() const;
  std::int64_t lease_ends(std::int64_t sent_ms) const;

  sim::World& world_;
  sim::Host& host_;
  Truth& truth_;
  Defects defects_;
  bool knows_umount_;
  sim::kernel::rpc_client mountd_{};
  sim::kernel::rpc_client nfsd_{};
  sim::kernel::mutex s_umount_;
  sim::kernel::rpc_task kind_;
  std::uint64_t dirty_ = 0;  // what the page holds that the server does not; 0: nothing
  std::uint32_t errors_logged_ = 0;
  std::array<HeldLock, locks_max> locks_{};
  std::uint32_t server_boot_ = 0;  // under which the locks are held
  std::uint32_t open_files_ = 0;
  int detached_ = 0;  // the mount that goes with the last open file; 0: none
};

}  // namespace heddle::models::nfs
