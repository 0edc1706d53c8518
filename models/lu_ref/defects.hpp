// The switches of the lu_ref model: each makes it wrong in one way. README.md tells their story.
#pragma once

#include <cstdint>
#include <span>

#include "sim/machine/defect_set.hpp"

namespace heddle::models::lu_ref {

/// The value of an enumerator is its bit in a DefectSet and its index in a table of defects.
enum class Defect : std::uint8_t {
  // In the posted patch, and known.
  fini_reports_unguarded,      // REF-1
  fini_reads_unguarded,        // REF-2
  failed_counts_for_everyone,  // REF-3
  narrow_counters,             // REF-4
  guard_leaves_softirqs_on,    // REF-5
  init_resets_refs_guard,      // REF-6
  shutdown_ignores_users,      // REF-7
  scope_is_not_copied,         // REF-8
  misuse_goes_unnoticed,       // REF-9
  print_trusts_caller,         // REF-10
  report_drops_guard,          // REF-11
  shared_debug_state,          // REF-12
  // In the posted patch, and shown by exploring this model.
  cursor_repeats_record,   // REF-13
  start_ignores_position,  // REF-14
  add_never_waits,         // REF-15
  init_leaves_failed,      // REF-16
  next_reads_unlocked,     // REF-17
  next_skips_unshown,      // REF-18
  // Mutations: mistakes that nobody posted, planted to test the scenarios.
  fini_nests_guards,            // a
  refs_raised_outside_guard,    // b
  link_published_unfilled,      // c
  link_freed_under_guard,       // d
  next_stops_short,             // e
  print_all_takes_marker,       // f
  release_keeps_marker,         // g
  release_unlocked,             // h
  failed_raised_outside_guard,  // i
  absorbed_del_lowers_refs,     // j
  print_all_nests_guards,       // k
  set_at_writes_outside_guard,  // l
  count_
};

using Defects = sim::DefectSet<Defect>;

}  // namespace heddle::models::lu_ref
