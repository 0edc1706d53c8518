// The switches of the loop_control model: each one makes it wrong in one way. README.md tells their
// story.
#pragma once

#include <cstdint>

#include "sim/machine/defect_set.hpp"

namespace heddle::models::loop_control {

/// The value of an enumerator is its bit in a DefectSet and its index in a table of defects.
enum class Defect : std::uint8_t {
  // In the posted patch, and known.
  failed_add_stays_indexed,   // LOOP-1
  preload_misread,            // LOOP-2
  remove_ignores_ctl,         // LOOP-3
  argument_unchecked,         // LOOP-4
  failed_init_keeps_node,     // LOOP-5
  transfer_walk_unlocked,     // LOOP-6
  free_scan_unmarked,         // LOOP-7
  open_recreates,             // LOOP-8
  stale_disk_fails_open,      // LOOP-9
  open_takes_global,          // LOOP-10
  global_is_unkillable,       // LOOP-11
  range_unchecked,            // LOOP-12
  unknown_is_enosys,          // LOOP-13
  precreate_errors_ignored,   // LOOP-14
  exit_leaves_node_for_last,  // LOOP-15
  recursion_walk_unlocked,    // LOOP-16
  // In the posted patch, and shown by exploring this model.
  probe_error_is_followed,  // LOOP-17
  init_opens_node_first,    // LOOP-18
  // Mutations: mistakes that nobody posted, planted to test the scenarios.
  show_takes_global,            // a
  disk_put_before_removal,      // b
  unindexed_after_free,         // c
  global_dropped_after_lookup,  // d
  removal_unmarked,             // e
  count_is_plain,               // f
  disk_added_before_number,     // g
  probe_takes_no_reference,     // h
  release_skips_ctl,            // i
  ctl_dropped_before_stop,      // j
  failed_add_returns_zero,      // k
  free_scan_takes_deleting,     // l
  count_
};

using Defects = sim::DefectSet<Defect>;

}  // namespace heddle::models::loop_control
