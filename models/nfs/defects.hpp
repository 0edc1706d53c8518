// The switches of the nfs model: each one makes it wrong in one way. README.md tells their story.
#pragma once

#include <cstdint>

#include "sim/machine/defect_set.hpp"

namespace heddle::models::nfs {

/// The value of an enumerator is its bit in a DefectSet and its index in a table of defects.
enum class Defect : std::uint8_t {
  // In the posted patch.
  reply_precedes_flush,       // NFS-1
  flush_is_global,            // NFS-2
  pins_outlive_clients,       // NFS-3
  anybody_may_flush,          // NFS-4
  unavailable_is_loud,        // NFS-5
  flushes_initial_namespace,  // NFS-6
  queue_failure_ignored,      // NFS-7
  locks_outlive_clients,      // NFS-8
  flush_takes_nfsd_mutex,     // NFS-9
  failed_mount_sends_umount,  // NFS-10
  argument_unchecked,         // NFS-11
  umount_precedes_writeback,  // NFS-12
  flush_is_lost,              // NFS-13
  superblock_held,            // NFS-14
  upcall_outlives_revoke,     // NFS-15
  flush_spares_its_second,    // NFS-16
  work_queued_before_init,    // NFS-17
  // Mutations: mistakes that nobody posted, planted to test the scenarios.
  clients_clock,               // a
  no_grace,                    // b
  removed_by_host,             // c
  export_flushed_alone,        // e
  check_not_atomic,            // f
  lapses_at_deadline,          // g
  replies_not_cached,          // h
  replied_before_registering,  // i
  renewed_by_anything,         // j
  queue_dangles,               // k
  flushed_after_shutdown,      // l
  commit_not_resent,           // m
  grace_grants_locks,          // n
  revoke_does_not_drain,       // o
  // Not mistakes: other ways to recover from a client that is gone.
  administrator_revokes,  // design A
  idle_expiry,            // design B
  mount_table,            // design D
  count_
};

using Defects = sim::DefectSet<Defect>;

/// How the server gets rid of what a client has left that is gone. The fixed variant has leases.
enum class Design : std::uint8_t { administrator, idle_expiry, lease, mount_table };

constexpr Design design_of(Defects defects) {
  if (defects.has(Defect::administrator_revokes)) return Design::administrator;
  if (defects.has(Defect::idle_expiry)) return Design::idle_expiry;
  if (defects.has(Defect::mount_table)) return Design::mount_table;
  return Design::lease;
}

}  // namespace heddle::models::nfs
