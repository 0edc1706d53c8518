// The switches of the bpf_test_run model: each one makes it wrong in one way. README.md tells their
// story.
#pragma once

#include <cstdint>

#include "sim/machine/defect_set.hpp"

namespace heddle::models::bpf_test_run {

/// The value of an enumerator is its bit in a DefectSet and its index in a table of defects.
enum class Defect : std::uint8_t {
  // In the posted patch, and known.
  flow_test_inverted,         // BPF-1
  array_unchecked,            // BPF-2
  truncation_drops_result,    // BPF-3
  size_query_lost,            // BPF-4
  null_with_size_refused,     // BPF-5
  slots_outlive_run,          // BPF-6
  context_always_allocated,   // BPF-7
  storage_errors_are_enomem,  // BPF-8
  duration_unset_by_signal,   // BPF-9
  callback_may_sleep,         // BPF-10
  limits_unchecked,           // BPF-11
  tail_fetched_apart,         // BPF-12
  results_in_pieces,          // BPF-13
  gives_way_at_end,           // BPF-14
  // In the posted patch, and shown by exploring this model.
  nested_run_keeps_slots,      // BPF-15
  fault_taken_for_truncation,  // BPF-16
  uncharged_before_freed,      // BPF-17
  signal_after_last_run,       // BPF-18
  // Mutations: mistakes that nobody posted, planted to test the scenarios.
  slots_set_once,            // a
  runs_without_array,        // b
  signal_skips_teardown,     // c
  teardown_while_atomic,     // d
  clock_not_restarted,       // e
  divides_early,             // f
  signal_seen_by_resched,    // g
  preemption_on_early,       // h
  failed_setup_frees_later,  // i
  exact_size_truncates,      // j
  size_before_data,          // k
  signal_leaves_section,     // l
  count_
};

using Defects = sim::DefectSet<Defect>;

}  // namespace heddle::models::bpf_test_run
