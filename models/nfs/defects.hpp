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
  // Mutations: mistakes that nobody posted, planted to test the scenarios.
  no_grace,                // b
  removed_by_host,         // c
  export_flushed_alone,    // e
  check_not_atomic,        // f
  replies_not_cached,      // h
  flushed_after_shutdown,  // l
  count_
};

using Defects = sim::DefectSet<Defect>;

}  // namespace heddle::models::nfs
