// The table of bpf_test_run's defects, in the order of models::bpf_test_run::Defect.
#include <array>

#include "scenarios/families/bpf_test_run_support.hpp"

namespace heddle::scenarios::bpf_test_run {
namespace {

constexpr std::array<DefectInfo, static_cast<std::size_t>(Defect::count_)> table = {{
    posted("BPF-1", "flow_test_inverted",
           "the flow dissector's run delivers nothing when it succeeds, and garbage when it fails"),
    posted("BPF-2", "array_unchecked", "memory for the array of storage may be short, unchecked"),
    posted("BPF-3", "truncation_drops_result",
           "a packet that is cut costs the user the verdict and the duration"),
    posted("BPF-4", "size_query_lost", "who asks for the size alone is not told"),
    posted("BPF-5", "null_with_size_refused",
           "a null pointer with a size is an error, in the end after all else was delivered"),
    posted("BPF-6", "slots_outlive_run", "the CPU's slots still point at storage that was freed"),
    posted("BPF-7", "context_always_allocated",
           "memory for a context is needed where nobody passes one"),
    posted("BPF-8", "storage_errors_are_enomem", "a refused charge is told as short memory"),
    posted("BPF-9", "duration_unset_by_signal", "a run that a signal ends sets no duration"),
    posted("BPF-10", "callback_may_sleep", "a callback that sleeps is run where nobody may"),
    posted("BPF-11", "limits_unchecked", "unknown flags and any size are accepted"),
    posted("BPF-12", "tail_fetched_apart",
           "a context is accepted that the user never had, in two fetches"),
    posted("BPF-13", "results_in_pieces", "a call that fails has changed some of the results"),
    posted("BPF-14", "gives_way_at_end", "the helper gives way once more after its last run"),
    posted("BPF-15", "nested_run_keeps_slots",
           "a program in a softirq leaves its own storage to the one that it interrupted"),
    posted("BPF-16", "fault_taken_for_truncation",
           "a fault is told as a packet that is cut, with nothing delivered"),
    posted("BPF-17", "uncharged_before_freed",
           "storage is no longer charged while it waits for its grace period"),
    posted("BPF-18", "signal_after_last_run",
           "a signal makes a call fail whose runs have all been made"),
    mutation("a", "slots_set_once", "the slots are set before the first run only"),
    mutation("b", "runs_without_array", "a run goes on without storage when memory is short"),
    mutation("c", "signal_skips_teardown", "a run that a signal ends frees no storage"),
    mutation("d", "teardown_while_atomic", "storage is freed with preemption off"),
    mutation("e", "clock_not_restarted", "the duration counts what was slept"),
    mutation("f", "divides_early", "the duration is divided before its last part is added"),
    mutation("g", "signal_seen_by_resched", "signals are looked for only when giving way"),
    mutation("h", "preemption_on_early", "preemption is on while a program uses its slots"),
    mutation("i", "failed_setup_frees_later", "storage that was made is lost when more fails"),
    mutation("j", "exact_size_truncates", "a packet that just fits is told to be cut"),
    mutation("k", "size_before_data", "the size is delivered before the packet"),
    mutation("l", "signal_leaves_section", "a run that a signal ends stays an RCU reader"),
}};

}  // namespace

const Model model = {"bpf_test_run", "test runs of BPF programs, as split in 2019", table};

}  // namespace heddle::scenarios::bpf_test_run
