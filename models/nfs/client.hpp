// A client: it mounts, uses, writes and unmounts, and says that it does.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/nfs/defects.hpp"
#include "models/nfs/protocol.hpp"
#include "models/nfs/truth.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/rpc.hpp"
#include "sim/machine/host.hpp"
#include "sim/machine/network.hpp"

namespace heddle::models::nfs {

/// Lies in the memory of its host, and is created anew by each boot.
class Client {
 public:
  /// How long a transmission waits for its reply; Machine::for_ever where nothing gets lost.
  struct Timing {
    std::int64_t timeout_ms;
    std::uint32_t retransmissions;
  };

  Client(sim::World& world, sim::Host& host, sim::Network& network, sim::Mailbox& server,
         sim::Mailbox& replies, std::uint32_t first_xid, Timing timing, Truth& truth,
         Defects defects);

  /// @returns the number of the mount, > 0, or a negative errno.
  int mount();
  /// Looks at a file, which renews a lease. @returns 0, -ESTALE, -EACCES or -ETIMEDOUT.
  int access(int number) { return call(Procedure::access, number); }
  /// Takes a file lock.
  int lock(int number) { return call(Procedure::lock, number); }
  /// Writes to a page, which is dirty from here on. No call. @pre data != 0.
  void write(std::uint64_t data) { dirty_ = data; }
  /// Dirty pages are stable afterwards, or an error is returned. Waits for who unmounts.
  int sync(int number);
  /// As the kernel does it with the last reference to the superblock, whose s_umount it holds. The
  /// notification is an effort: umount itself succeeds. @returns what became of the notification.
  int umount(int number);
  /// A call of the patch's procedure with so many bytes of argument, from whomever.
  int send_umount(const void* argument, std::size_t size);
  /// After a reboot: tells the server that what was before is gone (NSM).
  void notify() { call(Procedure::notify, 0); }

  /// Lines that were written to the log as errors.
  std::uint32_t errors_logged() const { return errors_logged_; }

 private:
  int call(Procedure procedure, int number, std::uint64_t data = 0);
  int write_back(int number);
  int tell_server(int number);
  bool has(Defect defect) const { return defects_.has(defect); }
  std::int64_t lease_ends(std::int64_t sent_ms) const;

  sim::World& world_;
  sim::Host& host_;
  Truth& truth_;
  Defects defects_;
  sim::kernel::rpc_client rpc_{};
  sim::kernel::mutex s_umount_;
  sim::kernel::rpc_task kind_;
  std::uint64_t dirty_ = 0;  // what the page holds that the server does not; 0: nothing
  std::uint32_t errors_logged_ = 0;
};

}  // namespace heddle::models::nfs
