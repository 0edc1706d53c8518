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
#include "sim/kernel/wait.hpp"
#include "sim/machine/disk.hpp"
#include "sim/machine/host.hpp"
#include "sim/machine/network.hpp"

namespace heddle::models::nfs {

struct Parameters {
  Defects defects;
  bool knows_umount = true;             ///< false: a server without the patch
  bool exports = true;                  ///< false: mounts are refused
  std::uint32_t network_namespace = 0;  ///< in which the server serves
  std::int32_t drift_ppm = 0;           ///< by which each clock may be wrong, of a million
};

/// Lies in the memory of its host, and is created anew by each boot.
class Server {
 public:
  /// A mount counts for so long after its last use.
  static constexpr std::int64_t lease_ms = 60'000;
  /// What pins without a lease does so for so long after its last use.
  static constexpr std::int64_t ttl_ms = 1'800'000;
  /// Where on the disk what clients write goes.
  static constexpr std::size_t data_block = 31;

  /// `disk`: nullptr if nothing is written.
  Server(sim::World& world, sim::Host& host, sim::Network& network, sim::Mailbox& calls,
         sim::Disk* disk, Truth& truth, const Parameters& parameters);

  /// Loads the module. @returns 0 or -ENOMEM.
  int init();
  /// nfsd: answers calls for ever.
  void serve();

  // The administrator's.

  /// @returns 0 or -EBUSY: a mount counts, something pins, or the grace period runs. An
  /// administrator who recovers by hand revokes first.
  int umount();
  /// Takes the export back, flushes the caches, and releases locks.
  void revoke();
  /// The last nfsd thread goes: the exports are shut down.
  void stop();
  /// Unloads the patch: its workqueue goes.
  void exit();

  /// After how long the file system must be free once all clients have gone.
  std::int64_t bound_ms() const;
  /// How often mountd was asked about an export.
  std::uint32_t upcalls();
  /// How often the patch's procedure was called.
  std::uint32_t patched_umounts();

 private:
  static constexpr std::size_t mounts_max = 64;
  static constexpr std::size_t blocks_max = 8;  // of the table of mounts on the disk

  /// A mount as the server knows it (rmtab, with the time of the last use).
  struct Mount {
    sim::HostId client;
    std::uint32_t number;  // 0: none
    std::uint32_t instance;
    std::int64_t used_ms;  // by the server's clock
    bool has_lock;
  };
  /// What pins the file system for one client: entries of two caches.
  struct Pins {
    bool export_entry;
    bool expkey_entry;
    std::uint64_t refreshed;
  };
  struct Exports {
    std::array<Mount, mounts_max> mounts;
    std::array<Pins, sim::hosts_max> pins;
  };
  using Request = sim::kernel::svc_request;

  void work(Workqueue* queue);
  bool has(Defect defect) const { return parameters_.defects.has(defect); }
  Design design() const { return design_of(parameters_.defects); }
  std::int64_t clock_ms() const { return world_.machine().clock_ms(host_.id()); }

  // server.cpp: calls. With a trailing _locked: lock_ is held.
  int dispatch(const Request& request);
  void serve_mount(const Request& request);
  int do_mount(sim::HostId client, const CallArgument& argument);
  int do_use(sim::HostId client, Procedure procedure, const CallArgument& argument);
  bool is_cached_locked(sim::HostId client);
  int use_locked(sim::HostId client, Procedure procedure, const CallArgument& argument);
  int do_patched_umount(const Request& request);
  int do_notify(sim::HostId client, const CallArgument& argument);
  bool number_of(const Request& request, std::uint32_t* number) const;

  // server_state.cpp: what the server knows.
  std::int64_t term_ms() const;
  bool counts(const Mount& mount, std::int64_t now_ms) const;
  Mount* find(sim::HostId client, std::uint32_t number) const;
  Mount* register_locked(sim::HostId client, std::uint32_t number, std::uint32_t instance);
  void renew_locked(Mount& mount, const CallArgument& argument);
  void remove_locked(Mount& mount);
  void load_table_locked();
  void give_up(sim::HostId client, std::uint32_t number);
  void give_up_locked(sim::HostId client, std::uint32_t number);
  void expire_locked(std::int64_t now_ms);
  void drop_pins(Pins& pins) const;
  bool is_pinned() const;

  sim::World& world_;
  sim::Host& host_;
  sim::Network& network_;
  sim::Mailbox& calls_;
  sim::Disk* disk_;
  Truth& truth_;
  Parameters parameters_;
  sim::kernel::mutex lock_;        // of all below
  sim::kernel::mutex nfsd_mutex_;  // outside of lock_
  sim::kernel::wait_queue_head_t idle_;
  Exports* exports_ = nullptr;
  Workqueue* queue_ = nullptr;
  sim::Task worker_;
  sim::kernel::duplicate_request_cache replies_{};
  std::uint32_t next_number_;
  std::uint32_t upcalls_ = 0;
  std::uint32_t umounts_ = 0;
  std::uint32_t users_of_queue_ = 0;
  std::int64_t booted_ms_;
  std::uint32_t etab_generation_ = 0;
  std::uint64_t stamp_ = 0;        // counts what happens to the caches, as their clock
  std::uint64_t flush_stamp_ = 0;  // entries from before no longer count
  bool exported_ = true;           // etab
  bool revoked_ = false;           // completely
  bool mounted_ = true;
};

}  // namespace heddle::models::nfs
