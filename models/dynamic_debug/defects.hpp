// The switches of the dynamic_debug model: each one makes it wrong in one way. README.md tells
// their story. Some are switches of the ring buffer underneath.
#pragma once

#include <cstdint>

#include "models/ring_buffer/defects.hpp"
#include "sim/machine/defect_set.hpp"

namespace heddle::models::dynamic_debug {

/// The value of an enumerator is its bit in a DefectSet and its index in a table of defects.
enum class Defect : std::uint8_t {
  // In the posted patch, and known.
  list_passed_on,            // DDRB-1
  cut_text_keeps_end,        // DDRB-2
  scratch_shared,            // DDRB-3
  size_taken_for_bytes,      // DDRB-4
  size_kept_in_bytes,        // DDRB-5
  resize_error_lost,         // DDRB-6
  size_shift_wraps,          // DDRB-7
  size_stored_unlocked,      // DDRB-8
  pipe_sleeps_locked,        // DDRB-9
  open_drops_uncounted,      // DDRB-10
  resize_ignores_iterators,  // DDRB-11, RB-1
  position_not_rewound,      // DDRB-12
  pipe_text_unlocked,        // DDRB-13
  every_possible_cpu,        // DDRB-14
  unwinding_leaves_file,     // DDRB-15
  files_before_memory,       // DDRB-16
  arguments_twice,           // DDRB-17
  losses_unreported,         // DDRB-18
  local_clocks,              // DDRB-19
  pipe_looks_again,          // DDRB-20
  truncates_then_fails,      // DDRB-21
  flags_tested_twice,        // DDRB-22
  // In the posted patch, and shown by exploring this model and the buffer underneath.
  reset_meets_writer,      // DDRB-23, RB-2
  iterator_goes_stale,     // DDRB-24, RB-3
  size_wraps,              // DDRB-25, RB-4
  empty_trusts_old_read,   // DDRB-26, RB-5
  iterator_passes_end,     // DDRB-27, RB-6
  late_commit_overlooked,  // DDRB-28, RB-7
  reader_page_trusted,     // DDRB-29, RB-8
  neighbour_trusted,       // DDRB-30, RB-9
  // Mutations: mistakes that nobody posted, planted to test the scenarios.
  nested_commit_publishes,    // a
  length_after_commit,        // b
  preemption_off_late,        // c
  consumes_before_append,     // d
  consumes_other_cpu,         // e
  later_cpu_wins_ties,        // f
  finish_leaves_disabled,     // g
  resize_skips_grace_period,  // h
  sleeps_without_timeout,     // i
  again_keeps_lock,           // j
  commits_before_copy,        // k
  reader_takes_tail,          // l
  peek_unlocked,              // m
  count_
};

using Defects = sim::DefectSet<Defect>;

/// Those of them that are the ring buffer's.
ring_buffer::Defects of_ring_buffer(Defects defects);

}  // namespace heddle::models::dynamic_debug
