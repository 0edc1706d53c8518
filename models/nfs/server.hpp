// The server: nfsd and mountd with their table of mounts, the caches that pin the exported file
// system, the patch's UMOUNT procedure with its workqueue, and what its administrator calls.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/nfs/defects.hpp"
#include "models/nfs/protocol.hpp"
#include "models/nfs/truth.hpp"
#include "models/nfs/workqueue.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/rpc.hpp"
#include "sim/machine/host.hpp"
#include "sim/machine/network.hpp"

namespace heddle::models::nfs {

struct Parameters {
  Defects defects;
  bool knows_umount = true;             ///< false: a server without the patch
  bool exports = true;                  ///< false: mounts are refused
  std::uint32_t network_namespace = 0;  ///< in which the server serves
};

/// Lies in the memory of its host, and is created anew by each boot.
class Server {
 public:
  /// A mount counts for so long after its last use.
  static constexpr std::int64_t lease_ms = 60'000;
  /// What the posted caches take for it.
  static constexpr std::int64_t ttl_ms = 1'800'000;
  /// How often an administrator tries again.
  static constexpr std::int64_t retry_ms = 10'000;

  Server(sim::World& world, sim::Host& host, sim::Network& network, sim::Mailbox& calls,
         Truth& truth, const Parameters& parameters);

  /// Loads the module. @returns 0 or -ENOMEM.
  int init();
  /// nfsd: answers calls for ever.
  void serve();

  // The administrator's.

  /// @returns 0 or -EBUSY: a mount counts, something pins, or the grace period runs.
  int umount();
  /// The last nfsd thread goes: the exports are shut down.
  void stop();

  bool is_mounted();
  /// How often mountd was asked about an export.
  std::uint32_t upcalls();
  /// How often the patch's procedure was called.
  std::uint32_t patched_umounts();

 private:
  static constexpr std::size_t mounts_max = 64;

  /// A mount as the server knows it (rmtab, with the time of the last use).
  struct Mount {
    sim::HostId client;
    std::uint32_t number;  // 0: none
    std::int64_t used_ms;
    bool has_lock;
  };
  /// What pins the file system for one client.
  struct Pins {
    bool export_entry;
    bool expkey_entry;
  };
  struct Exports {
    std::array<Mount, mounts_max> mounts;
    std::array<Pins, sim::hosts_max> pins;
  };

  void work(Workqueue* queue);
  bool has(Defect defect) const { return parameters_.defects.has(defect); }
  int dispatch(const sim::kernel::svc_request& request);
  int do_mount(sim::HostId client);
  int do_access(sim::HostId client, std::uint32_t number, bool takes_lock);
  int do_umount(sim::HostId client, std::uint32_t number);
  int do_patched_umount(const sim::kernel::svc_request& request);
  bool argument_of(const sim::kernel::svc_request& request, std::uint32_t* number) const;
  void give_up(sim::HostId client, std::uint32_t number);
  void expire(std::int64_t now_ms);
  void drop_pins(Pins& pins) const;
  bool is_pinned() const;
  Mount* find(sim::HostId client, std::uint32_t number) const;

  sim::World& world_;
  sim::Host& host_;
  sim::Network& network_;
  sim::Mailbox& calls_;
  Truth& truth_;
  Parameters parameters_;
  sim::kernel::mutex lock_;        // of all below
  sim::kernel::mutex nfsd_mutex_;  // outside of lock_
  Exports* exports_ = nullptr;
  Workqueue* queue_ = nullptr;
  sim::kernel::duplicate_request_cache replies_{};
  std::uint32_t next_number_;
  std::uint32_t upcalls_ = 0;
  std::uint32_t umounts_ = 0;
  std::int64_t booted_ms_ = 0;
  bool mounted_ = true;
};

}  // namespace heddle::models::nfs
