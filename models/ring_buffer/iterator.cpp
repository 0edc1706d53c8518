// Readers that do not consume. They rely on nobody writing while they are open: recording is off on
// their CPU, and who had begun to write before has ended (a grace period). Consumers may still take
// events, and with them pages, away from under an iterator.
#include "models/ring_buffer/links.hpp"
#include "models/ring_buffer/ring_buffer.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/grace_period.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::ring_buffer {

using namespace kernel;

Iterator* Buffer::start(int cpu) {
  if (!has(cpu)) return nullptr;
  auto* iterator = typed<Iterator>(kzalloc(sizeof(Iterator), GFP_KERNEL, "iterator"));
  if (iterator == nullptr) return nullptr;
  iterator->cpu = cpu;
  if (!has_defect(Defect::resize_ignores_iterators)) {
    mutex_lock(&resize_lock_);
    ++iterators_;
    mutex_unlock(&resize_lock_);
  }
  add(parts_[cpu].record_disabled, std::int64_t{1});
  if (!has_defect(Defect::start_skips_grace_period)) synchronize_sched();
  rewind(iterator);
  return iterator;
}

void Buffer::finish(Iterator* iterator) {
  if (!has_defect(Defect::finish_leaves_disabled))
    subtract(parts_[iterator->cpu].record_disabled, std::int64_t{1});
  if (!has_defect(Defect::resize_ignores_iterators)) {
    mutex_lock(&resize_lock_);
    --iterators_;
    mutex_unlock(&resize_lock_);
  }
  kfree(iterator);
}

void Buffer::rewind(Iterator* iterator) {
  CpuBuffer& part = parts_[iterator->cpu];
  unsigned long flags = 0;
  spin_lock_irqsave(&part.reader_lock, flags);
  rewind_locked(*iterator);
  spin_unlock_irqrestore(&part.reader_lock, flags);
}

void Buffer::rewind_locked(Iterator& iterator) {
  CpuBuffer& part = parts_[iterator.cpu];
  iterator.page = page_of(load(part.reader_page));
  iterator.head = iterator.page->read;
  iterator.next = iterator.seen_consumed = load(part.consumed);
  iterator.seen_reader_page = link_to(iterator.page);
  iterator.seen_resets = part.resets;
}

// If somebody has consumed or thrown away since the iterator was last used, finds its place again.
void Buffer::follow_consumers(Iterator& iterator) {
  CpuBuffer& part = parts_[iterator.cpu];
  if (has_defect(Defect::iterator_goes_stale)) return;
  // To peek is enough to turn a page.
  if (iterator.seen_consumed == load(part.consumed) &&
      iterator.seen_reader_page == load(part.reader_page) && iterator.seen_resets == part.resets)
    return;
  const std::uint64_t next = iterator.next;
  rewind_locked(iterator);
  while (iterator.next < next) {
    const Event* event = current(iterator);
    if (event == nullptr) break;
    iterator.head += Event::bytes_for(event->length);
    ++iterator.next;
  }
}

/// Goes on to the next page. @returns false at the end.
bool Buffer::next_page(Iterator& iterator) {
  CpuBuffer& part = parts_[iterator.cpu];
  if (load(part.commit_page) == link_to(iterator.page)) return false;
  // The reader's page leads into the ring, but no longer to where that begins.
  iterator.page =
      load(part.reader_page) == link_to(iterator.page) ? find_head(part) : next_of(iterator.page);
  iterator.head = 0;
  return iterator.page != nullptr;
}

// The event that the iterator stands at, padding passed over.
Event* Buffer::current(Iterator& iterator) {
  constexpr int rounds_max = 100;
  CpuBuffer& part = parts_[iterator.cpu];
  for (int i = 0; i < rounds_max; ++i) {
    if (load(part.commit_page) == link_to(iterator.page) &&
        iterator.head == load(iterator.page->commit))
      return nullptr;
    if (empty_locked(part)) return nullptr;
    if (!has_defect(Defect::iterator_passes_end) && iterator.head >= load(iterator.page->commit)) {
      if (!next_page(iterator)) return nullptr;
      continue;
    }
    Event* event = iterator.page->at(iterator.head);
    if (event->kind != Event::padding_kind) return event;
    iterator.head += sizeof(Event) + event->length;
    if (iterator.head >= load(iterator.page->commit) && !next_page(iterator)) return nullptr;
  }
  WARN_ON(true, "an iterator comes to an event or to the end");
  return nullptr;
}

Event* Buffer::iterator_peek(Iterator* iterator, std::uint64_t* time) {
  CpuBuffer& part = parts_[iterator->cpu];
  unsigned long flags = 0;
  spin_lock_irqsave(&part.reader_lock, flags);
  follow_consumers(*iterator);
  Event* event = current(*iterator);
  if (event != nullptr) *time = event->time;
  spin_unlock_irqrestore(&part.reader_lock, flags);
  return event;
}

void Buffer::iterator_advance(Iterator* iterator) {
  CpuBuffer& part = parts_[iterator->cpu];
  unsigned long flags = 0;
  spin_lock_irqsave(&part.reader_lock, flags);
  follow_consumers(*iterator);
  const Event* event = current(*iterator);
  if (event != nullptr) {
    iterator->head += Event::bytes_for(event->length);
    ++iterator->next;
    if (iterator->head >= load(iterator->page->commit)) next_page(*iterator);
  }
  spin_unlock_irqrestore(&part.reader_lock, flags);
}

}  // namespace heddle::models::ring_buffer
