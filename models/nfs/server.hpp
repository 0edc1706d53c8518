// The server: nfsd and mountd, what they know of clients, the caches that pin the exported file
// system, the patch's UMOUNT procedure with its workqueue, and what the administrator calls.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/nfs/cache.hpp"
#include "models/nfs/defects.hpp"
#include "models/nfs/file_locks.hpp"
#include "models/nfs/mount_table.hpp"
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

/// Where messages for a server arrive; outlives its boots.
struct Ports {
  static constexpr std::size_t threads_max = 2;

  /// @pre called by set-up.
  Ports(sim::World& world, sim::Network& outer, sim::HostId host);

  sim::Network& network;
  sim::Network& pipes;  ///< within the host; nothing goes wrong there
  sim::Mailbox& nfsd;
  sim::Mailbox& mountd;
  std::array<sim::Mailbox*, threads_max> answers;  ///< of mountd, to each thread of nfsd
};

/// Lies in the memory of its host, and is created anew by each boot.
class Server {
 public:
  /// A mount counts for so long after its last use.
  static constexpr std::int64_t lease_ms = 60'000;
  /// What pins without a lease does so for so long.
  static constexpr std::int64_t ttl_ms = Cache::ttl_ms;
  /// Where on the disk what clients write goes.
  static constexpr std::size_t data_block = 31;

  /// `disk`: nullptr if nothing is written.
  Server(sim::World& world, sim::Host& host, Ports& ports, sim::Disk* disk, Truth& truth,
         const Parameters& parameters);

  /// Comes up, without the patch's workqueue. @returns 0 or -ENOMEM.
  int start();
  /// The patch's part of the module's init, which may run while calls are answered.
  void load();
  /// A thread of nfsd: answers calls for ever. `number`: below Ports::threads_max, each once.
  void serve(std::size_t number);
  /// mountd, which is one task: answers clients and nfsd for ever, one after another.
  void serve_mounts();

  /// The server's ends of the client's connections go. Within a step.
  void break_connections(sim::HostId client);

  // The administrator's.

  /// @returns 0 or -EBUSY: a mount counts, something pins, or the grace period runs. An
  /// administrator who recovers by hand revokes first.
  int umount();
  /// Flushes the caches as exportfs -f does. What is in use will be asked for again.
  void flush();
  /// Takes the export back, flushes the caches, waits for requests, and releases locks.
  void revoke();
  /// The last nfsd thread goes: the exports are shut down.
  void stop();
  /// Unloads the patch: its workqueue goes.
  void exit();

  /// After how long the file system must be free once all clients have gone.
  std::int64_t bound_ms() const;
  /// How often mountd was asked about an export on behalf of a client.
  std::uint32_t upcalls(sim::HostId client);
  /// How often the patch's procedure was called.
  std::uint32_t patched_umounts();

 private:
  using Mount = MountTable::Mount;
  using Request = sim::kernel::svc_request;

  /// What the kernel keeps while it exports.
  struct Exports {
    Cache keys;
    Cache paths;
    FileLocks locks;
    MountTable mounts;
  };

  void work(Workqueue* queue);
  bool has(Defect defect) const { return parameters_.defects.has(defect); }
  Design design() const { return design_of(parameters_.defects); }
  std::int64_t clock_ms() const { return world_.machine().clock_ms(host_.id()); }

  // With a trailing _locked: lock_ is held.

  // server.cpp: nfsd.
  int dispatch(std::size_t thread, const Request& request);
  int do_use(std::size_t thread, sim::HostId client, Procedure procedure,
             const CallArgument& argument);
  int use_locked(sim::HostId client, Procedure procedure, const CallArgument& argument);
  int lock_file_locked(sim::HostId client, const CallArgument& argument);
  int on_disk_locked(Procedure procedure, const CallArgument& argument);
  int do_patched_umount(const Request& request);
  int do_notify(sim::HostId client, const CallArgument& argument);
  bool number_of(const Request& request, std::uint32_t* number) const;

  // server_mountd.cpp: mountd, and how nfsd asks it.
  void answer_mountd(const Request& request);
  int dispatch_mountd(const Request& request);
  int do_mount(sim::HostId client, const CallArgument& argument);
  void do_umnt(sim::HostId client, std::uint32_t number);
  int answer(const Question& question);
  void enter_locked(Cache& cache, sim::HostId client);
  int look_up_locked(std::size_t thread, sim::HostId client);
  void refresh_locked(sim::HostId client, std::int64_t now_ms);
  Question question_locked(sim::HostId client);
  bool is_exported();

  // server_state.cpp: what the server knows of clients, and for how long it counts.
  bool asks_table() const;
  std::int64_t term_ms() const;
  bool is_in_grace() const;
  bool counts(const Mount& mount, std::int64_t now_ms) const;
  Mount* register_locked(sim::HostId client, std::uint32_t number, std::uint32_t instance);
  void renew_locked(Mount& mount, const CallArgument& argument);
  void lapse_locked(Mount& mount);
  void expire_locked(std::int64_t now_ms);
  void give_up(sim::HostId client, std::uint32_t number);
  void give_up_locked(sim::HostId client, std::uint32_t number);
  void drop_pins_locked(sim::HostId client, std::uint32_t of);
  void purge_locked(std::uint32_t of);
  bool is_pinned_locked() const;
  std::uint64_t moment_locked(std::int64_t now_ms);
  sim::Disk* table_disk() const { return design() == Design::mount_table ? disk_ : nullptr; }

  // server_admin.cpp
  void wait_for_requests();

  sim::World& world_;
  sim::Host& host_;
  Ports& ports_;
  sim::Disk* disk_;
  Truth& truth_;
  Parameters parameters_;
  sim::kernel::mutex lock_;        // of all below that nothing else is said of
  sim::kernel::mutex nfsd_mutex_;  // outside of lock_
  sim::kernel::mutex etab_lock_;   // of exported_; never together with another one
  sim::kernel::wait_queue_head_t idle_;
  std::array<sim::kernel::rpc_client, Ports::threads_max> channels_{};  // of its thread alone
  sim::kernel::duplicate_request_cache replies_{};                      // mountd's alone
  sim::kernel::svc_connections to_nfsd_{};
  sim::kernel::svc_connections to_mountd_{};
  Exports* exports_ = nullptr;
  Workqueue* queue_ = nullptr;
  sim::Task worker_;
  std::array<std::uint32_t, sim::hosts_max> upcalls_{};  // by client
  std::uint32_t next_number_;
  std::uint32_t umounts_ = 0;
  std::uint32_t users_of_queue_ = 0;
  std::uint32_t requests_ = 0;  // that work on the disk, without lock_
  std::uint32_t flushes_ = 0;   // by the administrator
  std::uint64_t moment_ = 1;    // the caches' own time
  std::int64_t booted_ms_;
  bool exported_ = true;  // etab
  bool is_loaded_ = false;
  bool revoked_ = false;  // completely
  bool mounted_ = true;
};

}  // namespace heddle::models::nfs
