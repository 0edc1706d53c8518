// What the ring buffer's scenarios share: a buffer, messages that check themselves, and a tape of
// what was written that tells which of them a reader may see.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/ring_buffer/ring_buffer.hpp"
#include "scenarios/registry/scenario.hpp"
#include "sim/machine/world.hpp"

namespace heddle::scenarios::ring_buffer {

namespace kernel = sim::kernel;
using models::ring_buffer::Buffer;
using models::ring_buffer::Defect;
using models::ring_buffer::Defects;
using models::ring_buffer::Event;
using models::ring_buffer::Iterator;
using models::ring_buffer::Parameters;
using sim::Cpu;
using sim::FindingKind;
using sim::Level;
using sim::World;

extern const Model model;

/// The payload of an event of the scenarios, followed by `length - sizeof(Message)` bytes of fill.
struct Message {
  std::uint32_t id;
  std::uint32_t length;
  std::uint32_t check;
};

/// The bytes that an event of the least message takes on its page.
inline constexpr std::size_t least_length = sizeof(Message);
inline constexpr std::size_t least_event_bytes = Event::bytes_for(least_length);

/// What was written, by id. Kept beside the world: to look at it is no step and no access.
class Tape {
 public:
  static constexpr std::size_t messages_max = 64;

  /// A write begins on `cpu`. @returns its id.
  std::uint32_t begin(int cpu);
  /// It has ended. @param stored  the buffer took the message
  void end(std::uint32_t id, bool stored);

  struct Entry {
    int cpu;
    std::uint32_t began;  ///< in the order of what happened on its CPU
    std::uint32_t ended;  ///< 0: not yet
    bool stored;
    bool consumed;
  };
  bool knows(std::uint32_t id) const { return id < count_; }
  Entry& entry(std::uint32_t id) { return entries_[id]; }
  std::uint32_t count() const { return count_; }

 private:
  std::uint32_t count_ = 0;
  std::array<std::uint32_t, Buffer::cpus_max> moments_{};
  std::array<Entry, messages_max> entries_{};
};

/// How far one reader has come on each CPU, to see that the order is kept.
struct Progress {
  std::array<std::uint32_t, Buffer::cpus_max> last{};  ///< id + 1 of the message seen last; 0: none
};

/// A buffer with its tape.
class Subject {
 public:
  /// Pages hold `events_per_page` of the least events.
  Subject(World& world, DefectBits defects, std::size_t events_per_page, unsigned cpus = 1);

  /// Writes a message of `length` bytes on the running CPU. @returns whether the buffer took it.
  bool write(std::size_t length = least_length);
  /// Consumes the CPU's oldest message. @returns whether there was one.
  bool consume(int cpu, Progress& progress);
  /// Looks at the oldest message, if there is one, and leaves it.
  void peek(int cpu);
  /// Goes through what the iterator still has. @returns how many messages that were.
  std::size_t iterate(Iterator* iterator, Progress& progress);
  /// The message that the iterator stands at, and on to the next. @returns whether there was one.
  bool iterate_once(Iterator* iterator, Progress& progress);

  /// When all tasks have ended: consumes what is left, and says what was lost without being
  /// counted.
  void settle_at_end();
  /// How many messages are in the buffer, by its own counters.
  std::uint64_t present(int cpu);

  Buffer& buffer() { return *buffer_; }
  World& world() { return world_; }
  Tape& tape() { return tape_; }

 private:
  std::uint32_t check(const Event* event, int cpu);
  void in_order(int cpu, std::uint32_t id, Progress& progress);
  void settle();

  World& world_;
  Tape& tape_;
  Buffer* buffer_;
};

}  // namespace heddle::scenarios::ring_buffer
