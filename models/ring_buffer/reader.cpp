// The consuming readers' side. A reader reads a page that is its own. When that is read to its end
// it takes the head page out of the ring and puts its own, emptied, in its place: one exchange on
// the link to the head, which fails when a writer changes that link at the same moment.
#include "models/ring_buffer/links.hpp"
#include "models/ring_buffer/ring_buffer.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/preempt.hpp"

namespace heddle::models::ring_buffer {

using namespace kernel;

// The page that a link calls the head, also while a writer pushes the head on. Writers may move it
// past the search, so it goes round more than once.
Page* Buffer::find_head(CpuBuffer& part) {
  constexpr int rounds_max = 3;
  Page* const first = part.head_page;
  Page* page = first;
  for (int round = 0; round < rounds_max; ++round) {
    do {
      const Page* prev = page_of(load(page->prev));
      if (state_of(load(prev->next), page) != link_normal) {
        part.head_page = page;
        return page;
      }
      page = next_of(page);
    } while (page != first);
  }
  WARN_ON(true, "a ring has a head");
  return nullptr;
}

// The page that the oldest event lies on, which is the reader's own from here on; nullptr if there
// is no event.
Page* Buffer::reader_page(CpuBuffer& part) {
  constexpr int swaps_max = 3;
  for (int i = 0; i < swaps_max; ++i) {
    Page* own = page_of(load(part.reader_page));
    // Once the writers have left a page, all that they wrote on it is published: so whether they
    // have is asked first.
    bool writers_left = load(part.commit_page) != link_to(own);
    if (own->read < load(own->commit)) return own;
    if (has_defect(Defect::late_commit_overlooked))
      writers_left = load(part.commit_page) != link_to(own);
    if (!writers_left && !has_defect(Defect::reader_takes_tail)) return nullptr;
    store(own->write, std::uint64_t{0});
    store(own->entries, std::uint64_t{0});
    store(own->commit, std::uint64_t{0});
    if (!swap_head(part, own)) return nullptr;
  }
  WARN_ON(true, "of a few pages in a row one has an event");
  return nullptr;
}

// The head page becomes the reader's, and `own` takes its place.
bool Buffer::swap_head(CpuBuffer& part, Page* own) {
  for (;;) {
    Page* const head = find_head(part);
    if (head == nullptr) return false;
    Page* const next = next_of(head);
    const std::uintptr_t prev = load(head->prev);
    if (load(page_of(prev)->next) != link_to(head, link_head) &&
        !has_defect(Defect::swap_unchecked)) {
      cpu_relax();  // a writer pushes it on
      continue;
    }
    // What follows the swapped page is the new head, as soon as it is in the ring.
    store(own->next, link_to(next, link_head));
    store(own->prev, prev);
    // Any page of the ring will do, but this one leaves it.
    part.pages = prev;
    const std::uintptr_t found =
        exchange_if(page_of(prev)->next, link_to(head, link_head), link_to(own));
    if (found != link_to(head, link_head)) {
      if (!has_defect(Defect::swap_unchecked)) continue;
      store(page_of(prev)->next, link_to(own));
    }
    store(next->prev, link_to(own));
    part.head_page = next;
    head->read = 0;
    store(part.reader_page, link_to(head));
    return true;
  }
}

// Passes over padding.
Event* Buffer::oldest(CpuBuffer& part) {
  for (;;) {
    Page* page = reader_page(part);
    if (page == nullptr) return nullptr;
    Event* event = page->at(page->read);
    if (event->kind != Event::padding_kind) return event;
    page->read += sizeof(Event) + event->length;
  }
}

Event* Buffer::peek(int cpu, std::uint64_t* time) {
  if (!has(cpu)) return nullptr;
  CpuBuffer& part = parts_[cpu];
  const bool locked = !has_defect(Defect::peek_unlocked);
  unsigned long flags = 0;
  if (locked) spin_lock_irqsave(&part.reader_lock, flags);
  Event* event = oldest(part);
  if (event != nullptr) *time = event->time;
  if (locked) spin_unlock_irqrestore(&part.reader_lock, flags);
  return event;
}

Event* Buffer::consume(int cpu, std::uint64_t* time) {
  if (!has(cpu)) return nullptr;
  CpuBuffer& part = parts_[cpu];
  unsigned long flags = 0;
  spin_lock_irqsave(&part.reader_lock, flags);
  Event* event = oldest(part);
  if (event != nullptr) {
    *time = event->time;
    page_of(load(part.reader_page))->read += Event::bytes_for(event->length);
    add(part.consumed, std::uint64_t{1});
  }
  spin_unlock_irqrestore(&part.reader_lock, flags);
  return event;
}

bool Buffer::empty_locked(CpuBuffer& part) {
  const Page* own = page_of(load(part.reader_page));
  const Page* head = find_head(part);
  if (head == nullptr) return true;
  if (own->read != load(own->commit)) return false;
  const Page* commit = page_of(load(part.commit_page));
  // What was read of a page in the ring is from when it was a reader's page.
  const std::uint64_t read = has_defect(Defect::empty_trusts_old_read) ? head->read : 0;
  return commit == own || (commit == head && load(commit->commit) == read);
}

bool Buffer::empty(int cpu) {
  if (!has(cpu)) return true;
  CpuBuffer& part = parts_[cpu];
  unsigned long flags = 0;
  spin_lock_irqsave(&part.reader_lock, flags);
  const bool is_empty = empty_locked(part);
  spin_unlock_irqrestore(&part.reader_lock, flags);
  return is_empty;
}

bool Buffer::empty() {
  for (int cpu = 0; cpu < cpus_max; ++cpu)
    if (!empty(cpu)) return false;
  return true;
}

std::uint64_t Buffer::lost(int cpu) {
  CpuBuffer& part = parts_[cpu];
  return load(part.overrun) + load(part.refused) + load(part.discarded);
}

}  // namespace heddle::models::ring_buffer
