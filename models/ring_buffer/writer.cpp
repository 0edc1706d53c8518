// The writers' side. A writer claims bytes at the tail by adding to a counter, so whoever
// interrupts it claims those behind. Nobody publishes before the outermost writer of the CPU, which
// publishes for all. Where the tail is about to reach the head, the writer pushes the head on,
// against a reader on another CPU who may take the head page at that moment: both change the same
// link.
#include "models/ring_buffer/links.hpp"
#include "models/ring_buffer/ring_buffer.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/preempt.hpp"

namespace heddle::models::ring_buffer {

using namespace kernel;

std::uint64_t Buffer::now(CpuBuffer& part) {
  if (parameters_.clock == Clock::coarse) return 1;
  return add(parameters_.clock == Clock::global ? global_clock_ : part.local_clock,
             std::uint64_t{1});
}

Event* Buffer::reserve(std::size_t length) {
  preempt_disable();
  const int cpu = smp_processor_id();
  if (has(cpu)) {
    CpuBuffer& part = parts_[cpu];
    if (load(record_disabled_) == 0 && load(part.record_disabled) == 0 && length <= length_max()) {
      begin_commit(part);
      Event* event = claim(part, length);
      if (event != nullptr) return event;
      end_commit(part);
    }
    add(part.refused, std::uint64_t{1});
  }
  preempt_enable();
  return nullptr;
}

void Buffer::commit(Event*) {
  CpuBuffer& part = parts_[smp_processor_id()];
  add(part.entries, std::uint64_t{1});
  end_commit(part);
  preempt_enable();
}

Event* Buffer::claim(CpuBuffer& part, std::size_t length) {
  constexpr int tries_max = 100;
  for (int i = 0; i < tries_max; ++i) {
    bool again = false;
    Event* event = claim_at_tail(part, length, now(part), again);
    if (!again) return event;
  }
  WARN_ON(true, "a writer finds room after a few tries");
  return nullptr;
}

Event* Buffer::claim_at_tail(CpuBuffer& part, std::size_t length, std::uint64_t time, bool& again) {
  const std::size_t bytes = Event::bytes_for(length);
  Page* tail = page_of(load(part.tail_page));
  const std::uint64_t end = add(tail->write, std::uint64_t{bytes}) & Page::write_mask;
  const std::uint64_t start = end - bytes;
  if (end > parameters_.page_bytes) {
    move_tail(part, tail, start, bytes, again);
    return nullptr;
  }
  Event* event = tail->at(start);
  event->length = static_cast<std::uint32_t>(length);
  event->kind = Event::data_kind;
  event->time = time;
  add(tail->entries, std::uint64_t{1});
  return event;
}

// The bytes from `start` on do not fit on the page: goes to the next one, if it may.
void Buffer::move_tail(CpuBuffer& part, Page* tail, std::uint64_t start, std::size_t bytes,
                       bool& again) {
  Page* const commit = page_of(load(part.commit_page));
  Page* const next = next_of(tail);
  again = true;
  if (next == commit && !has_defect(Defect::writer_laps_commit)) {
    again = false;  // those who were interrupted have filled all of it, and published nothing
  } else if (state_of(load(tail->next), next) != link_normal) {
    // The reader's page is one that its predecessor's link does not lead to; but who is the
    // predecessor can change meanwhile. A page whose link leads to the head is in the ring for
    // sure.
    const bool sure = commit == tail && !has_defect(Defect::neighbour_trusted);
    const bool commit_in_ring = sure || page_of(load(page_of(load(commit->prev))->next)) == commit;
    if (commit_in_ring) {
      const int pushed = push_head(part, tail, next);
      if (pushed < 0) again = false;
      if (pushed != 0) {
        give_back(tail, start, bytes);
        return;
      }
    } else if (commit != tail && (!has_defect(Defect::reader_page_trusted) ||
                                  commit == page_of(load(part.reader_page)))) {
      again = false;  // the ring is full of what is not published
    }
  }
  if (again) {
    const std::uint64_t write = add(next->write, Page::one_arrival);
    const std::uint64_t entries = add(next->entries, Page::one_arrival);
    if (load(part.tail_page) == link_to(tail)) {
      // Unless an interrupt has been here meanwhile: then the counts differ, and stay.
      exchange_if(next->write, write, write & ~Page::write_mask);
      exchange_if(next->entries, entries, entries & ~Page::write_mask);
      store(next->commit, std::uint64_t{0});
      exchange_if(part.tail_page, link_to(tail), link_to(next));
    }
  }
  give_back(tail, start, bytes);
}

// `next`, which the tail is about to reach, is or was the head: the page after it becomes the head.
// @returns 0, 1 (somebody else has done it, look again) or -1 (the links are broken).
int Buffer::push_head(CpuBuffer& part, Page* tail, Page* next) {
  const std::uint64_t entries = load(next->entries) & Page::write_mask;
  LinkState found = link_head;
  if (!has_defect(Defect::head_moves_unmarked))
    found = change_link(tail, next, link_head, link_update);
  if (found == link_normal || found == link_moved) return 1;
  // With link_update found, it is the one that was interrupted that counts, and that ends it.
  if (found == link_head && !has_defect(Defect::overrun_uncounted)) add(part.overrun, entries);

  Page* const head = next_of(next);
  const LinkState ahead = change_link(next, head, link_normal, link_head);
  if (ahead != link_normal && ahead != link_head) {
    WARN_ON(true, "the page behind the head is none or the head");
    return -1;
  }
  if (ahead == link_normal) {
    // Interrupts may have pushed the head further already; then this link must not say so.
    Page* const now_tail = page_of(load(part.tail_page));
    if (now_tail != tail && now_tail != next) change_link(next, head, link_head, link_normal);
  }
  if (found == link_head) {
    const LinkState before = has_defect(Defect::head_moves_unmarked) ? link_head : link_update;
    if (change_link(tail, next, before, link_normal) != before &&
        !has_defect(Defect::head_moves_unmarked)) {
      WARN_ON(true, "only who marked the old head takes the mark away");
      return -1;
    }
  }
  return 0;
}

// What was claimed beyond the page's end. Who crossed it leaves padding, so that nobody else claims
// there; what lies there is read by nobody before it is published.
void Buffer::give_back(Page* tail, std::uint64_t start, std::size_t bytes) const {
  const std::uint64_t end = parameters_.page_bytes;
  if (start >= end || end - start < sizeof(Event)) {
    subtract(tail->write, std::uint64_t{bytes});
    return;
  }
  Event* padding = tail->at(start);
  padding->length = static_cast<std::uint32_t>(end - start - sizeof(Event));
  padding->kind = Event::padding_kind;
  subtract(tail->write, start + bytes - end);
}

void Buffer::begin_commit(CpuBuffer& part) {
  add(part.committing, std::uint64_t{1});
  add(part.commits, std::uint64_t{1});
}

void Buffer::end_commit(CpuBuffer& part) {
  for (;;) {
    const std::uint64_t commits = load(part.commits);
    if (load(part.committing) == 1 || has_defect(Defect::nested_commit_publishes)) publish(part);
    const std::uint64_t left = subtract(part.committing, std::uint64_t{1});
    // An interrupt that came after publish() saw this writer at work, and left it to it.
    if (has_defect(Defect::commit_overlooks_nested)) return;
    if (load(part.commits) == commits || left != 0 || load(part.committing) != 0) return;
    add(part.committing, std::uint64_t{1});
  }
}

namespace {
/// What interrupts have written that were counted as claims comes before what follows. They have
/// ended by now, as this code goes on; a compiler's barrier is enough in the kernel. Here the order
/// comes from the last thing that each of them did.
void after_interrupts(const CpuBuffer& part) { load(part.committing); }
}  // namespace

void Buffer::publish(CpuBuffer& part) {
  constexpr int pages_passed_max = 100;
  int pages_passed = 0;
  for (;;) {
    Page* commit = page_of(load(part.commit_page));
    while (link_to(commit) != load(part.tail_page)) {
      const std::uint64_t write = load(commit->write) & Page::write_mask;
      after_interrupts(part);
      store(commit->commit, write);
      commit = next_of(commit);
      store(part.commit_page, link_to(commit));
      if (WARN_ON(++pages_passed == pages_passed_max, "what is committed ends at the tail")) return;
    }
    for (;;) {
      const std::uint64_t write = load(commit->write) & Page::write_mask;
      if (load(commit->commit) == write) break;
      after_interrupts(part);
      store(commit->commit, write);
    }
    // An interrupt may have moved the tail since.
    if (link_to(commit) == load(part.tail_page)) return;
  }
}

}  // namespace heddle::models::ring_buffer
