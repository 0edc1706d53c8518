// The switches of the ring buffer: each one makes it wrong in one way. README.md tells their story.
#pragma once

#include <cstdint>

#include "sim/machine/defect_set.hpp"

namespace heddle::models::ring_buffer {

/// The value of an enumerator is its bit in a DefectSet and its index in a table of defects.
enum class Defect : std::uint8_t {
  // In the buffer of Linux 2.6.32.
  resize_ignores_iterators,  // RB-1
  reset_meets_writer,        // RB-2
  iterator_goes_stale,       // RB-3
  size_wraps,                // RB-4
  empty_trusts_old_read,     // RB-5
  iterator_passes_end,       // RB-6
  late_commit_overlooked,    // RB-7
  reader_page_trusted,       // RB-8
  neighbour_trusted,         // RB-9
  // Mutations: mistakes that nobody made, planted to test the scenarios.
  nested_commit_publishes,    // a
  finish_leaves_disabled,     // b
  resize_skips_grace_period,  // c
  reader_takes_tail,          // d
  peek_unlocked,              // e
  swap_unchecked,             // f
  head_moves_unmarked,        // g
  commit_overlooks_nested,    // h
  overrun_uncounted,          // i
  writer_laps_commit,         // j
  start_skips_grace_period,   // k
  count_
};

using Defects = sim::DefectSet<Defect>;

}  // namespace heddle::models::ring_buffer
