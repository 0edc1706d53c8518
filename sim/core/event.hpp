// What happens in an execution, as its observers see it. The event trace is heddle's only log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim/core/ids.hpp"
#include "sim/core/object.hpp"

namespace heddle::sim {

/// The kinds up to `last_visible` are visible operations: a context announces one, and takes a step
/// when it is chosen to execute it. The others happen inside steps.
enum class EventKind : std::uint8_t {
  lock,     ///< a lock is taken; object: the lock
  trylock,  ///< value: 1 taken, 0 busy
  unlock,
  spin,      ///< a context begins to spin on a held lock, and so keeps its CPU
  load,      ///< atomic or volatile read; value: what was read
  store,     ///< atomic or volatile write; value: what is written (0 for volatile: not yet known)
  exchange,  ///< atomic read-modify-write; value: the new value
  read,      ///< a plain access that was scheduled (Interleave::racy, all)
  write,
  free,       ///< object: the block's address; value: its size
  interrupt,  ///< a handler starts; object: the CPU it lands on
  block,      ///< a context begins to wait; object: what for
  wake,       ///< a context takes up again after block; object: what it waited for
  create,     ///< a task is created by a running one; object: the new context
  join,       ///< object: the context that has ended
  lock_init,  ///< object: the lock
  yield,
  mask,     ///< preemption, softirqs or interrupts are turned off; value: Mask. A step only if
            ///< somebody else lives on the CPU
  send,     ///< object: the mailbox; value: the message's number; text: what becomes of it
  receive,  ///< object: the mailbox; value: the message's number, 0 if the time was up
  last_visible = receive,

  task_start,
  task_exit,
  migrate,      ///< a task has left its CPU for another one; object: that one; value: the old one
  task_switch,  ///< the CPU goes on with another task; value: the task that ran there before
  interrupt_exit,
  unmask,           ///< the opposite of mask; never a step; value: Mask
  might_sleep,      ///< the code says that it may sleep here
  allocate,         ///< object: the new block; value: its size
  allocate_failed,  ///< a fault was injected; value: the size asked for
  assertion,        ///< the code under test asserts something false; text: the condition
  crash,            ///< a host goes down; object: the host; text: its name
  boot,             ///< a host comes up again; object: the host; text: its name
  count_
};

inline constexpr std::size_t event_kind_count = static_cast<std::size_t>(EventKind::count_);
constexpr bool is_visible(EventKind kind) { return kind <= EventKind::last_visible; }

/// The kind's word, in lower case, as it stands in traces.
std::string_view word(EventKind kind);
/// The inverse of word(). @returns false for a word that is none.
bool event_kind_from(std::string_view word, EventKind& kind);

/// What a step does to the order of memory accesses of different contexts (happens-before).
enum class Sync : std::uint8_t { none = 0, acquire = 1, release = 2, acquire_release = 3 };
constexpr bool acquires(Sync s) { return (static_cast<std::uint8_t>(s) & 1) != 0; }
constexpr bool releases(Sync s) { return (static_cast<std::uint8_t>(s) & 2) != 0; }

/// What mask and unmask turn off and on.
enum class Mask : std::uint8_t { preemption, softirq, hardirq };
std::string_view word(Mask mask);

/// What a context keeps from running on its CPU. Levels are ordered: each one masks those before.
enum class Level : std::uint8_t { task, softirq, hardirq, nmi };
inline constexpr std::size_t level_count = 4;
std::string_view word(Level level);

/// A visible operation as announced: its kind and its footprint.
struct Operation {
  EventKind kind = EventKind::yield;
  Mode mode = Mode::write;
  std::uint16_t size = 0;  ///< bytes, for memory objects; 0: the object as a whole
  ObjectId object{};
  Place place{};
};

/// How two lock operations differ for checkers that know lock kinds; bits of Event::flags.
enum EventFlag : std::uint8_t {
  event_irq_safe = 1,        ///< the lock operation masks hardirqs (…_irqsave, …_irq)
  event_bh_safe = 2,         ///< the lock operation masks softirqs (…_bh)
  event_can_sleep = 4,       ///< a sleeping lock, or an allocation that may sleep
  event_nested = 8,          ///< the lock is taken under another of its class on purpose (…_nested)
  event_uninitialised = 16,  ///< lock_init: the lock is used, and nobody had initialised it
  event_expected = 32,       ///< assertion: the specification asks for this report
  event_not_a_block = 64,    ///< free: no block starts there, or it is freed already
};

struct Event {
  EventKind kind = EventKind::yield;
  Mode mode = Mode::write;
  Sync sync = Sync::none;
  std::uint8_t flags = 0;
  ContextId context{};
  Cpu cpu{};
  std::uint16_t size = 0;
  StepIndex step = 0;
  ObjectId object{};
  std::uint64_t value = 0;
  Place place{};
  const char* text = nullptr;  ///< static text, or text that lives as long as the execution
};

/// Does what the event tells of change something that others may be waiting for?
constexpr bool changes_something(const Event& event) {
  switch (event.kind) {
    case EventKind::lock:
    case EventKind::unlock:
    case EventKind::store:
    case EventKind::exchange:
    case EventKind::write:
    case EventKind::free:
    case EventKind::allocate:
    case EventKind::interrupt:
    case EventKind::wake:
    case EventKind::create:
    case EventKind::join:
    case EventKind::task_exit:
      return true;
    case EventKind::trylock:
      return event.value != 0;
    default:
      return false;
  }
}

/// An access of instrumented code, or of the vocabulary to what it keeps in simulated memory.
struct Access {
  std::uintptr_t address = 0;
  std::uint32_t size = 0;  ///< bytes; 1, 2, 4, 8 or 16 unless `range`
  Mode mode = Mode::read;
  bool range = false;      ///< part of a copy: it may carry uninitialised bytes along
  bool discloses = false;  ///< the bytes go to somebody who must not see what nobody wrote
  bool atomic = false;     ///< an atomic or marked access, which races with plain ones only
  /// load, store, exchange: an atomic access ordered as `sync` says; else its ordering is not told.
  EventKind kind = EventKind::read;
  Sync sync = Sync::none;
  ContextId context{};
  Place place{};

  bool orders() const { return kind != EventKind::read; }
};

}  // namespace heddle::sim
