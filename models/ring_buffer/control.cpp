// Making, emptying and resizing the buffer.
#include <new>

#include "models/ring_buffer/links.hpp"
#include "models/ring_buffer/ring_buffer.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/grace_period.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::ring_buffer {

using namespace kernel;

namespace {
constexpr std::size_t pages_min = 2;
constexpr std::size_t pages_max = 1000;  // beyond, there is no memory
}  // namespace

Buffer::Buffer(unsigned cpus, const Parameters& parameters)
    : parameters_(parameters),
      cpus_(cpus),
      resize_lock_(MUTEX_UNLOCKED("ring_buffer.resize_lock")),
      parts_{} {
  for (CpuBuffer& part : parts_) part.reader_lock = SPIN_LOCK_UNLOCKED("ring_buffer.reader_lock");
}

Page* Buffer::new_page() const {
  return typed<Page>(
      kzalloc(sizeof(Page) + parameters_.page_bytes, GFP_KERNEL, "ring buffer page"));
}

bool Buffer::pages_for(std::size_t bytes, std::size_t& pages) const {
  const std::size_t page = parameters_.page_bytes;
  if (has_defect(Defect::size_wraps))
    pages = (bytes + page - 1) / page;
  else
    pages = bytes / page + (bytes % page != 0 ? 1 : 0);
  if (pages < pages_min) pages = pages_min;
  return pages <= pages_max;
}

Buffer* Buffer::allocate(std::size_t bytes, unsigned cpus, const Parameters& parameters) {
  void* room = kzalloc(sizeof(Buffer), GFP_KERNEL, "ring buffer");
  if (room == nullptr) return nullptr;
  auto* buffer = new (room) Buffer(cpus, parameters);
  std::size_t pages = 0;
  bool done = buffer->pages_for(bytes, pages);
  for (int cpu = 0; cpu < cpus_max && done; ++cpu)
    if (buffer->has(cpu)) done = buffer->allocate_part(buffer->parts_[cpu], pages);
  if (!done) {
    free(buffer);
    return nullptr;
  }
  buffer->page_count_ = pages;
  return buffer;
}

void Buffer::free(Buffer* buffer) {
  for (CpuBuffer& part : buffer->parts_) buffer->free_part(part);
  kfree(buffer);
}

bool Buffer::allocate_part(CpuBuffer& part, std::size_t pages) {
  Page* reader = new_page();
  if (reader == nullptr) return false;
  part.reader_page = link_to(reader);
  if (!add_pages(part, pages)) return false;
  reader->next = part.pages;
  reader->prev = part.pages;
  reset_locked(part);
  return true;
}

void Buffer::free_part(CpuBuffer& part) {
  kfree(page_of(part.reader_page));
  Page* const first = page_of(part.pages);
  Page* page = first;
  while (page != nullptr) {
    Page* next = page_of(page->next);
    kfree(page);
    page = next != first ? next : nullptr;
  }
  part.reader_page = part.pages = 0;
}

// Adds new pages to the ring; all of them, or those that there was memory for.
bool Buffer::add_pages(CpuBuffer& part, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    Page* page = new_page();
    if (page == nullptr) return false;
    Page* first = page_of(part.pages);
    if (first == nullptr) {
      page->next = page->prev = link_to(page);
      part.pages = link_to(page);
      continue;
    }
    Page* last = page_of(first->prev);
    page->next = link_to(first);
    page->prev = link_to(last);
    store(last->next, link_to(page));
    store(first->prev, link_to(page));
  }
  return true;
}

// Empties it. Nobody writes, and reader_lock is held.
void Buffer::reset_locked(CpuBuffer& part) {
  Page* const head = page_of(part.pages);
  Page* page = head;
  do {
    Page* next = next_of(page);
    store(page->next, link_to(next, next == head ? link_head : link_normal));
    store(page->write, std::uint64_t{0});
    store(page->entries, std::uint64_t{0});
    store(page->commit, std::uint64_t{0});
    page->read = 0;
    page = next;
  } while (page != head);
  Page* reader = page_of(load(part.reader_page));
  store(reader->write, std::uint64_t{0});
  store(reader->entries, std::uint64_t{0});
  store(reader->commit, std::uint64_t{0});
  reader->read = 0;
  part.head_page = head;
  store(part.tail_page, link_to(head));
  store(part.commit_page, link_to(head));
  add(part.discarded,
      load(part.entries) - load(part.overrun) - load(part.consumed) - load(part.discarded));
  ++part.resets;
}

void Buffer::reset_part(CpuBuffer& part) {
  add(part.record_disabled, std::int64_t{1});
  if (!has_defect(Defect::reset_meets_writer)) synchronize_sched();
  unsigned long flags = 0;
  spin_lock_irqsave(&part.reader_lock, flags);
  if (WARN_ON(load(part.committing) != 0, "nobody writes while a ring buffer is reset"))
    add(record_disabled_, std::int64_t{1});  // for good: something is wrong with the buffer
  else
    reset_locked(part);
  spin_unlock_irqrestore(&part.reader_lock, flags);
  subtract(part.record_disabled, std::int64_t{1});
}

void Buffer::reset() {
  for (int cpu = 0; cpu < cpus_max; ++cpu)
    if (has(cpu)) reset_part(parts_[cpu]);
}

std::int64_t Buffer::resize(std::size_t bytes) {
  std::size_t pages = 0;
  if (!pages_for(bytes, pages)) return -ENOMEM;
  mutex_lock(&resize_lock_);
  int error = 0;
  if (pages != page_count_) {
    if (iterators_ != 0)
      error = -EBUSY;
    else if (pages < page_count_)
      for (int cpu = 0; cpu < cpus_max; ++cpu) {
        if (has(cpu)) shrink(parts_[cpu], page_count_ - pages);
      }
    else
      error = grow(pages - page_count_);
    if (error == 0) page_count_ = pages;
  }
  const std::size_t now = page_count_ * parameters_.page_bytes;
  mutex_unlock(&resize_lock_);
  return error != 0 ? error : static_cast<std::int64_t>(now);
}

void Buffer::shrink(CpuBuffer& part, std::size_t count) {
  add(part.record_disabled, std::int64_t{1});
  if (!has_defect(Defect::resize_skips_grace_period)) synchronize_sched();
  unsigned long flags = 0;
  spin_lock_irqsave(&part.reader_lock, flags);
  Page* keep = page_of(part.pages);
  for (std::size_t i = 0; i < count; ++i) {
    Page* page = next_of(keep);
    Page* next = next_of(page);
    store(keep->next, link_to(next));
    store(next->prev, link_to(keep));
    kfree(page);
  }
  reset_locked(part);
  spin_unlock_irqrestore(&part.reader_lock, flags);
  subtract(part.record_disabled, std::int64_t{1});
}

// All pages first, so that the rings of all CPUs stay equally long when memory is short.
int Buffer::grow(std::size_t count) {
  CpuBuffer fresh[cpus_max] = {};
  for (int cpu = 0; cpu < cpus_max; ++cpu) {
    if (!has(cpu) || add_pages(fresh[cpu], count)) continue;
    for (CpuBuffer& part : fresh) free_part(part);
    return -ENOMEM;
  }
  for (int cpu = 0; cpu < cpus_max; ++cpu) {
    if (!has(cpu)) continue;
    CpuBuffer& part = parts_[cpu];
    add(part.record_disabled, std::int64_t{1});
    if (!has_defect(Defect::resize_skips_grace_period)) synchronize_sched();
    unsigned long flags = 0;
    spin_lock_irqsave(&part.reader_lock, flags);
    Page* first = page_of(part.pages);
    Page* last = page_of(load(first->prev));
    Page* added = page_of(fresh[cpu].pages);
    Page* added_last = page_of(added->prev);
    store(last->next, link_to(added));
    store(added->prev, link_to(last));
    store(added_last->next, link_to(first));
    store(first->prev, link_to(added_last));
    reset_locked(part);
    spin_unlock_irqrestore(&part.reader_lock, flags);
    subtract(part.record_disabled, std::int64_t{1});
  }
  return 0;
}

void Buffer::record_disable() { add(record_disabled_, std::int64_t{1}); }
void Buffer::record_enable() { subtract(record_disabled_, std::int64_t{1}); }

}  // namespace heddle::models::ring_buffer
