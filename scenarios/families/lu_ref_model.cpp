// The table of lu_ref's defects, in the order of models::lu_ref::Defect.
#include <array>

#include "scenarios/families/lu_ref_support.hpp"

namespace heddle::scenarios::lu_ref {
namespace {

constexpr std::array<DefectInfo, static_cast<std::size_t>(Defect::count_)> table = {{
    posted("REF-1", "fini_reports_unguarded",
           "fini's assertions release a guard that fini does not hold"),
    posted("REF-2", "fini_reads_unguarded", "fini reads the list and the count without the guard"),
    posted("REF-3", "failed_counts_for_everyone",
           "a failed add makes up for anybody's missing link"),
    posted("REF-4", "narrow_counters", "the counters have 16 bits and wrap"),
    posted("REF-5", "guard_leaves_softirqs_on",
           "the guard can be taken in a softirq that interrupts its holder"),
    posted("REF-6", "init_resets_refs_guard",
           "loading the module initialises a lock that may be in use"),
    posted("REF-7", "shutdown_ignores_users",
           "unloading the module destroys the cache under its users"),
    posted("REF-8", "scope_is_not_copied", "a link points into the module that named it"),
    posted("REF-9", "misuse_goes_unnoticed",
           "a second init, or a use after fini, corrupts the list unseen"),
    posted("REF-10", "print_trusts_caller",
           "print needs the guard and cannot know whether it is held"),
    posted("REF-11", "report_drops_guard",
           "a failed assertion gives the guard up and then goes on"),
    posted("REF-12", "shared_debug_state",
           "the longest chain and the reader's marker are shared by all without a lock"),
    posted("REF-13", "cursor_repeats_record",
           "a record that ends a read() is shown again, for ever with small buffers"),
    posted("REF-14", "start_ignores_position", "a seek back to the start has no effect"),
    posted("REF-15", "add_never_waits",
           "add may sleep but allocates with flags that forbid to wait for memory"),
    posted("REF-16", "init_leaves_failed", "init does not initialise the failure count"),
    posted("REF-17", "next_reads_unlocked",
           "the reader looks at its marker's links without a lock"),
    posted("REF-18", "next_skips_unshown",
           "the reader passes over a ref when the one it has just shown is finalised"),
    mutation("a", "fini_nests_guards", "fini takes refs_guard while it holds the guard"),
    mutation("b", "refs_raised_outside_guard", "the count is raised after the guard is released"),
    mutation("c", "link_published_unfilled", "a link is listed before its fields are filled"),
    mutation("d", "link_freed_under_guard", "a link is freed before it is unlinked"),
    mutation("e", "next_stops_short", "the marker moves to before the next ref, not after it"),
    mutation("f", "print_all_takes_marker", "print-all takes a reader's marker for a ref"),
    mutation("g", "release_keeps_marker", "closing the file leaves the marker in the list"),
    mutation("h", "release_unlocked", "closing the file unlinks the marker without the lock"),
    mutation("i", "failed_raised_outside_guard", "a failure is counted without the guard"),
    mutation("j", "absorbed_del_lowers_refs", "a del that found no link lowers the count"),
    mutation("k", "print_all_nests_guards", "print-all takes each guard before refs_guard"),
    mutation("l", "set_at_writes_outside_guard", "set_at stores the source without the guard"),
}};

}  // namespace

const Model model = {"lu_ref", "Lustre's debug list of reference holders, as posted in 2013",
                     table};

}  // namespace heddle::scenarios::lu_ref
