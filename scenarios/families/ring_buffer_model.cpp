// The table of the ring buffer's defects, in the order of models::ring_buffer::Defect.
#include <array>

#include "scenarios/families/ring_buffer_support.hpp"

namespace heddle::scenarios::ring_buffer {
namespace {

constexpr std::array<DefectInfo, static_cast<std::size_t>(Defect::count_)> table = {{
    posted("RB-1", "resize_ignores_iterators", "resizing frees pages that an iterator stands on"),
    posted("RB-2", "reset_meets_writer",
           "a reset while somebody writes warns and turns recording off for good"),
    posted("RB-3", "iterator_goes_stale",
           "an iterator goes on where it stood though the events there were consumed"),
    posted("RB-4", "size_wraps", "a size near the largest number is rounded up to a tiny one"),
    posted("RB-5", "empty_trusts_old_read",
           "whether the buffer is empty is told by what was once read of a page"),
    posted("RB-6", "iterator_passes_end",
           "an iterator that begins at the end of the reader's page reads beyond it"),
    posted("RB-7", "late_commit_overlooked",
           "a reader gives a page back though an event was published on it just then"),
    posted("RB-8", "reader_page_trusted",
           "nested writers go round past what is not published while a reader swaps pages"),
    posted("RB-9", "neighbour_trusted",
           "a writer moves onto a page that a reader has just taken out of the ring"),
    mutation("a", "nested_commit_publishes", "a nested writer publishes what it interrupted"),
    mutation("b", "finish_leaves_disabled", "closing an iterator does not turn recording on"),
    mutation("c", "resize_skips_grace_period", "resizing does not wait for writers"),
    mutation("d", "reader_takes_tail", "a reader puts the page back that writers are still on"),
    mutation("e", "peek_unlocked", "peeking does without the readers' lock"),
    mutation("f", "swap_unchecked", "a reader swaps pages though a writer has moved the head"),
    mutation("g", "head_moves_unmarked", "a writer does not mark the head that it moves on"),
    mutation("h", "commit_overlooks_nested",
             "the outermost writer does not look for those who came while it published"),
    mutation("i", "overrun_uncounted", "overwritten events are not counted"),
    mutation("j", "writer_laps_commit", "nested writers go round past what is not published"),
    mutation("k", "start_skips_grace_period", "opening an iterator does not wait for writers"),
}};

}  // namespace

const Model model = {"ring_buffer", "the tracing ring buffer of Linux 2.6.32", table};

}  // namespace heddle::scenarios::ring_buffer
