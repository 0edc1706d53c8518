// The table of loop_control's defects, in the order of models::loop_control::Defect.
#include <array>

#include "scenarios/families/loop_control_support.hpp"

namespace heddle::scenarios::loop_control {
namespace {

constexpr std::array<DefectInfo, static_cast<std::size_t>(Defect::count_)> table = {{
    posted("LOOP-1", "failed_add_stays_indexed",
           "an add that fails for memory leaves the freed device in the index"),
    posted("LOOP-2", "preload_misread",
           "the preload's result is misread, so that short memory comes out as EAGAIN"),
    posted("LOOP-3", "remove_ignores_ctl",
           "REMOVE frees a device whose last closer still holds its mutex"),
    posted("LOOP-4", "argument_unchecked",
           "a negative or wide argument names another device than it says"),
    posted("LOOP-5", "failed_init_keeps_node",
           "an init that fails leaves the control node to a module that is gone"),
    posted("LOOP-6", "transfer_walk_unlocked",
           "the walk over all devices that drops a transfer takes no lock"),
    posted("LOOP-7", "free_scan_unmarked",
           "the search for a free device reads states while their owners write them"),
    posted("LOOP-8", "open_recreates", "an open of a removed device's node creates it again"),
    posted("LOOP-9", "stale_disk_fails_open",
           "an open that found the old disk fails though a new one has the number"),
    posted("LOOP-10", "open_takes_global",
           "open takes the global mutex inside bd_mutex, REMOVE bd_mutex inside the global one"),
    posted(
        "LOOP-11", "global_is_unkillable",
        "REMOVE waits for readers with the global mutex held, and nobody can be killed meanwhile"),
    posted("LOOP-12", "range_unchecked", "numbers beyond the last minor alias small ones"),
    posted("LOOP-13", "unknown_is_enosys", "an unknown command is answered by ENOSYS, not ENOTTY"),
    posted("LOOP-14", "precreate_errors_ignored",
           "init succeeds without devices that it was told to create"),
    posted("LOOP-15", "exit_leaves_node_for_last",
           "exit removes all devices without a lock and the control node last"),
    posted("LOOP-16", "recursion_walk_unlocked",
           "SET_FD follows the backing files of other devices while they are cleared"),
    posted("LOOP-17", "probe_error_is_followed",
           "a probe that fails returns an error pointer, which is taken for a disk"),
    posted("LOOP-18", "init_opens_node_first",
           "the control node works before init has set the limits that its commands use"),
    mutation("a", "show_takes_global",
             "an attribute's reader takes the mutex that its remover holds"),
    mutation("b", "disk_put_before_removal", "the disk is put before it is unregistered"),
    mutation("c", "unindexed_after_free", "a device leaves the index after it was freed"),
    mutation("d", "global_dropped_after_lookup",
             "REMOVE drops the global mutex before it looks at the device"),
    mutation("e", "removal_unmarked",
             "REMOVE drops the global mutex without a mark that the device is going"),
    mutation("f", "count_is_plain", "the count of openers is no atomic and has no lock"),
    mutation("g", "disk_added_before_number",
             "the disk is published before its number is taken, and stays when that fails"),
    mutation("h", "probe_takes_no_reference", "the probe hands out a disk without a reference"),
    mutation("i", "release_skips_ctl", "the last close clears the device without its mutex"),
    mutation("j", "ctl_dropped_before_stop",
             "CLR_FD drops the device's mutex before the thread has stopped"),
    mutation("k", "failed_add_returns_zero", "an add that fails for memory returns 0"),
    mutation("l", "free_scan_takes_deleting", "GET_FREE takes a device that is going for free"),
}};

}  // namespace

const Model model = {"loop", "the loop driver with its control node, as posted in 2011", table};

}  // namespace heddle::scenarios::loop_control
