// The table of dynamic_debug's defects, in the order of models::dynamic_debug::Defect.
#include <array>

#include "scenarios/families/dynamic_debug_support.hpp"

namespace heddle::scenarios::dynamic_debug {
namespace {

constexpr DefectInfo posted(std::string_view id, std::string_view name, std::string_view summary) {
  return {id, name, summary, true, false};
}
constexpr DefectInfo mutation(std::string_view id, std::string_view name,
                              std::string_view summary) {
  return {id, name, summary, false, true};
}

constexpr std::array<DefectInfo, static_cast<std::size_t>(Defect::count_)> defects = {{
    posted("DDRB-1", "list_passed_on",
           "the arguments' list is handed to the formatter that takes arguments"),
    posted("DDRB-2", "cut_text_keeps_end",
           "a message that is cut keeps its end, a zero byte, and loses its line's end"),
    posted("DDRB-3", "scratch_shared",
           "an interrupt overwrites the text of the message that it interrupts"),
    posted("DDRB-4", "size_taken_for_bytes", "the first size, in kB, is taken for bytes"),
    posted("DDRB-5", "size_kept_in_bytes",
           "after a resize the size file shows bytes, and compares them with kB"),
    posted("DDRB-6", "resize_error_lost", "a resize that fails reports success"),
    posted("DDRB-7", "size_shift_wraps",
           "a size too large for a number of bytes wraps to a tiny one"),
    posted("DDRB-8", "size_stored_unlocked",
           "two resizers leave the size file and the buffer different"),
    posted("DDRB-9", "pipe_sleeps_locked", "a reader of the pipe that waits keeps all others out"),
    posted("DDRB-10", "open_drops_uncounted",
           "messages are dropped uncounted while trace is open, for writing too"),
    posted("DDRB-11", "resize_ignores_iterators",
           "a resize frees pages that an open trace stands on"),
    posted("DDRB-12", "position_not_rewound",
           "reads that are short or seek show messages again, for ever"),
    posted("DDRB-13", "pipe_text_unlocked",
           "processes that share a pipe file use its text at once"),
    posted("DDRB-14", "every_possible_cpu",
           "trace does not open while a possible CPU is not there"),
    posted("DDRB-15", "unwinding_leaves_file",
           "a failed init leaves the size file, over a freed buffer"),
    posted("DDRB-16", "files_before_memory", "messages can come before there is a buffer"),
    posted("DDRB-17", "arguments_twice", "arguments are evaluated for each output"),
    posted("DDRB-18", "losses_unreported", "readers are not told of lost messages"),
    posted("DDRB-19", "local_clocks", "an effect can be shown before its cause on another CPU"),
    posted("DDRB-20", "pipe_looks_again",
           "a reader of the pipe that finds nothing looks again without sleeping"),
    posted("DDRB-21", "truncates_then_fails", "an open that fails has thrown the messages away"),
    posted("DDRB-22", "flags_tested_twice",
           "flags change between two tests; a signal ends a read with EINTR"),
    posted("DDRB-23", "reset_meets_writer",
           "truncating while somebody stores turns recording off for good"),
    posted("DDRB-24", "iterator_goes_stale",
           "trace shows messages that the pipe has given away before"),
    posted("DDRB-25", "size_wraps",
           "a size near the largest number of bytes is rounded up to a tiny one"),
    posted("DDRB-26", "empty_trusts_old_read",
           "a full buffer can look empty, and its reader sleeps"),
    posted("DDRB-27", "iterator_passes_end",
           "trace reads beyond the page that the pipe has read to its end"),
    posted("DDRB-28", "late_commit_overlooked",
           "the pipe loses a message that is stored as it turns a page"),
    posted("DDRB-29", "reader_page_trusted",
           "nested stores overwrite what is not published while a page is turned"),
    posted("DDRB-30", "neighbour_trusted",
           "a store moves onto a page that the pipe has just taken"),
    mutation("a", "nested_commit_publishes", "a nested store publishes what it interrupted"),
    mutation("b", "length_after_commit", "a message's length is written after it is published"),
    mutation("c", "preemption_off_late", "the CPU's number is read before preemption is off"),
    mutation("d", "consumes_before_append", "a message is consumed before there is room for it"),
    mutation("e", "consumes_other_cpu", "another CPU's message is consumed than was read"),
    mutation("f", "later_cpu_wins_ties",
             "of messages of the same time the later CPU's comes first"),
    mutation("g", "finish_leaves_disabled", "closing trace leaves recording off"),
    mutation("h", "resize_skips_grace_period", "a resize does not wait for stores"),
    mutation("i", "sleeps_without_timeout",
             "a reader of the pipe sleeps until it is woken, and nobody wakes it"),
    mutation("j", "again_keeps_lock", "a read that would have to wait returns with the lock held"),
    mutation("k", "commits_before_copy", "a message is published before its text is there"),
    mutation("l", "reader_takes_tail", "the pipe puts the page back that stores are still on"),
    mutation("m", "peek_unlocked",
             "the pipe looks at the oldest message without the readers' lock"),
}};

}  // namespace

const Model model = {"dynamic_debug",
                     "ring buffer storage for dynamic debug messages, as posted in 2009", defects};

}  // namespace heddle::scenarios::dynamic_debug
