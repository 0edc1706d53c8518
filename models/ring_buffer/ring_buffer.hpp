// A ring buffer of events, as Linux 2.6.32 has it for tracing: one for each CPU, written without
// locks by tasks and handlers of that CPU, which may interrupt one another, and read from anywhere.
// A model in plain code over the kernel vocabulary. README.md says how it works and what is left
// out.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/ring_buffer/defects.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/spinlock.hpp"

namespace heddle::models::ring_buffer {

namespace kernel = sim::kernel;

/// What stands before the payload of an event.
struct Event {
  std::uint32_t length;  ///< of the payload, bytes; of padding: all that follows this header
  std::uint32_t kind;
  std::uint64_t time;  ///< when a data event was reserved, by the buffer's clock

  static constexpr std::uint32_t data_kind = 1;
  static constexpr std::uint32_t padding_kind = 2;

  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  /// Bytes on the page of an event with so much payload.
  static constexpr std::size_t bytes_for(std::size_t length) {
    return sizeof(Event) + ((length + 7) & ~std::size_t{7});
  }
};

/// A page, and behind it its bytes. The ring leads through `next`, whose lowest bits say whether
/// the page that it leads to is the head.
struct Page {
  std::uintptr_t next;  ///< atomic; a Page* with LinkState in its lowest bits
  std::uintptr_t prev;  ///< atomic; a Page*, written by readers
  std::uint64_t write;  ///< atomic; bytes claimed, and above write_mask how often a tail came here
  std::uint64_t entries;  ///< atomic; data events claimed, and above write_mask the same count
  std::uint64_t commit;   ///< atomic; bytes that readers may look at
  std::uint64_t read;     ///< bytes read; guarded by reader_lock

  static constexpr std::uint64_t write_mask = (std::uint64_t{1} << 20) - 1;
  static constexpr std::uint64_t one_arrival = write_mask + 1;

  Event* at(std::uint64_t offset) {
    return reinterpret_cast<Event*>(reinterpret_cast<char*>(this + 1) + offset);
  }
};

/// What a link says of the page that it leads to.
enum LinkState : std::uintptr_t {
  link_normal = 0,
  link_head = 1,    ///< it is the head: the oldest page, which readers take
  link_update = 2,  ///< it was the head, and a writer is about to move that on
  link_moved = 4    ///< the link leads elsewhere: a reader has swapped the page; never stored
};

/// One CPU's part.
struct CpuBuffer {
  kernel::spinlock_t reader_lock;  ///< all readers; interrupts are off under it
  std::uintptr_t pages;            ///< some page of the ring; a Page*, guarded by reader_lock
  Page* head_page;             ///< where readers begin to look for the head; guarded by reader_lock
  std::uintptr_t tail_page;    ///< atomic; a Page*: writers claim here
  std::uintptr_t commit_page;  ///< atomic; a Page*: up to here all is published
  std::uintptr_t reader_page;  ///< atomic; a Page* of no ring, or the writers' still
  std::uint64_t committing;    ///< atomic; how many writers are at work, nested
  std::uint64_t commits;       ///< atomic; how many have ever begun
  std::uint64_t entries;       ///< atomic; data events that were committed
  std::uint64_t overrun;       ///< atomic; of those, overwritten before anybody read them
  std::uint64_t refused;       ///< atomic; events for which there was no room, or which came while
                               ///< recording was off
  std::uint64_t discarded;     ///< atomic; events that a reset threw away
  std::uint64_t consumed;      ///< atomic; events that readers have taken
  std::uint64_t resets;        ///< guarded by reader_lock
  std::int64_t record_disabled;  ///< atomic
  std::uint64_t local_clock;     ///< atomic
};

struct Iterator;

/// Which time events get: one clock's for all; the CPU's own, which is monotonic and knows nothing
/// of the others; or that of a clock so coarse that it stands still.
enum class Clock : std::uint8_t { global, local, coarse };

struct Parameters {
  Defects defects;
  std::size_t page_bytes = 4080;  ///< for events; a multiple of 8, at least one event's
  Clock clock = Clock::global;
};

/// Lies in simulated memory.
class Buffer {
 public:
  static constexpr int cpus_max = 8;

  /// A buffer of at least `bytes` for each CPU of `cpus` (bit i: CPU i). @returns nullptr when
  /// memory is short.
  static Buffer* allocate(std::size_t bytes, unsigned cpus, const Parameters& parameters);
  /// Nobody may use it any more.
  static void free(Buffer* buffer);

  // ---- writers, in any context ------------------------------------------------------------------

  /// Room for an event of `length` bytes on the running CPU; preemption is off until commit().
  /// @returns nullptr, with preemption as before: recording is off, the CPU has no buffer, the
  /// event is too long, or there is no room because a writer that was interrupted has not
  /// committed.
  Event* reserve(std::size_t length);
  void commit(Event* event);

  // ---- consuming readers ------------------------------------------------------------------------

  /// The CPU's oldest event, or nullptr. Nothing keeps another consumer from taking it.
  /// @param time  out: when it was reserved
  Event* peek(int cpu, std::uint64_t* time);
  /// The same, and it is taken. What is returned stays readable until the next peek or consume.
  Event* consume(int cpu, std::uint64_t* time);
  bool empty();
  bool empty(int cpu);

  // ---- iterators: while one is open, nothing is recorded on its CPU -----------------------------

  /// May sleep. @returns nullptr when memory is short or the CPU has no buffer.
  Iterator* start(int cpu);
  void finish(Iterator* iterator);
  /// Back to the oldest event.
  void rewind(Iterator* iterator);
  /// The event that it stands at, or nullptr at the end.
  Event* iterator_peek(Iterator* iterator, std::uint64_t* time);
  /// Moves on to the next event.
  void iterator_advance(Iterator* iterator);

  // ---- control; these may sleep -----------------------------------------------------------------

  /// Throws all events away.
  void reset();
  /// At least `bytes` for each CPU. Throws all events away, unless nothing changes.
  /// @returns the size that it has now, or -ENOMEM, -EBUSY (iterators are open), -EINVAL.
  std::int64_t resize(std::size_t bytes);
  void record_disable();
  void record_enable();

  bool has(int cpu) const { return (cpus_ & (1u << cpu)) != 0; }
  /// Bytes for events on each CPU, the reader's page not counted.
  std::size_t bytes() const { return page_count_ * parameters_.page_bytes; }
  bool is_recording() const { return kernel::READ_ONCE(record_disabled_) == 0; }
  /// The longest payload.
  std::size_t length_max() const { return parameters_.page_bytes - sizeof(Event); }

  /// Events of the CPU that nobody will ever read: overwritten, refused or thrown away.
  std::uint64_t lost(int cpu);
  CpuBuffer& part(int cpu) { return parts_[cpu]; }

 private:
  struct Claim;

  explicit Buffer(unsigned cpus, const Parameters& parameters);
  bool has_defect(Defect defect) const { return parameters_.defects.has(defect); }

  // writer.cpp
  std::uint64_t now(CpuBuffer& part);
  Event* claim(CpuBuffer& part, std::size_t length);
  Event* claim_at_tail(CpuBuffer& part, std::size_t length, std::uint64_t time, bool& again);
  void move_tail(CpuBuffer& part, Page* tail, std::uint64_t start, std::size_t bytes, bool& again);
  int push_head(CpuBuffer& part, Page* tail, Page* next);
  void give_back(Page* tail, std::uint64_t start, std::size_t bytes) const;
  void begin_commit(CpuBuffer& part);
  void end_commit(CpuBuffer& part);
  void publish(CpuBuffer& part);

  // reader.cpp
  static Page* find_head(CpuBuffer& part);
  Page* reader_page(CpuBuffer& part);
  bool swap_head(CpuBuffer& part, Page* own);
  Event* oldest(CpuBuffer& part);
  bool empty_locked(CpuBuffer& part);

  // iterator.cpp
  void rewind_locked(Iterator& iterator);
  void follow_consumers(Iterator& iterator);
  Event* current(Iterator& iterator);
  bool next_page(Iterator& iterator);

  // control.cpp
  bool add_pages(CpuBuffer& part, std::size_t count);
  bool allocate_part(CpuBuffer& part, std::size_t pages);
  void free_part(CpuBuffer& part);
  void reset_locked(CpuBuffer& part);
  void reset_part(CpuBuffer& part);
  bool pages_for(std::size_t bytes, std::size_t& pages) const;
  void shrink(CpuBuffer& part, std::size_t count);
  int grow(std::size_t count);
  Page* new_page() const;

  Parameters parameters_;
  unsigned cpus_;
  std::size_t page_count_ = 0;        // of each ring
  std::int64_t record_disabled_ = 0;  // atomic
  std::uint64_t global_clock_ = 0;    // atomic
  kernel::mutex resize_lock_;
  int iterators_ = 0;  // guarded by resize_lock_
  CpuBuffer parts_[cpus_max];
};

/// Where somebody stands who reads without consuming. Guarded by its CPU's reader_lock.
struct Iterator {
  int cpu;
  Page* page;
  std::uint64_t head;  ///< bytes of the page that are behind it
  std::uint64_t
      next;  ///< the number of the event that it stands at, counted with the consumed ones
  std::uint64_t seen_consumed;  ///< what there was when it found its place
  std::uintptr_t seen_reader_page;
  std::uint64_t seen_resets;
};

}  // namespace heddle::models::ring_buffer
