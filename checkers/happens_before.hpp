// Which accesses of different contexts are ordered, whatever the schedule. Order comes from locks
// and atomics, from sections that mask each other on one CPU, and from creating and joining
// contexts; never from who happened to run first.
//
// Vector clocks: Flanagan and Freund, "FastTrack", CACM 2010, section 2. Deviation: the times of
// all contexts are drawn from one counter, so that a time alone tells whose it is and when.
//
// Masking. A section of context c has the level of c and masks a set of levels on its CPU: with
// preemption off {task}; with softirqs off {task, softirq}; with interrupts off all but nmi; a
// handler masks its own level and those below. Sections A and B of one CPU are ordered exactly if
// each masks the level of the other. Each CPU has a clock for every (level of the section, level
// that it masks): where A ends it is joined into (level(A), m) for each m that A masks, and where B
// begins it acquires (m, level(B)) for each m that B masks. So B gets A's time if level(A) is among
// B's m and level(B) among A's m.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "checkers/vector_clock.hpp"
#include "sim/core/event.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

class HappensBefore {
 public:
  /// The events that it must be told of.
  static sim::EventMask events();

  /// A new execution. Cost O(contexts and CPUs that the last one used).
  void begin(sim::Machine& machine);
  /// Cost O(contexts / 8), no allocation once the tables have grown.
  void event(sim::Machine& machine, const sim::Event& event);
  /// The same of an atomic access that orders (Access::orders), at the word of which `first` is
  /// AccessCell::sync.
  void access(const sim::Access& access, std::uint32_t& first) {
    synchronise(access.context, access.sync, access.kind == sim::EventKind::store, first,
                access.address & 7);
  }

  void archive(sim::Archive& archive);

  /// The context's own time: grows whenever what it did becomes known to others. Never 0, and no
  /// two contexts ever have the same.
  std::uint32_t now(sim::ContextId id) const { return now_[id.value].time; }
  /// known() of all contexts, contexts_max entries each. Stays where it is.
  const std::uint32_t* clocks() const { return clocks_[0].at; }
  /// Does what `earlier` did at its own time `time` come before what `later` does now?
  bool ordered(sim::ContextId earlier, std::uint32_t time, sim::ContextId later) const {
    return time <= clocks_[later.value].at[earlier.value];
  }
  /// Up to which of its own times `other` is known to have come before what `id` does now; 0 if
  /// nothing of it is. For `id` itself: now(id).
  std::uint32_t known(sim::ContextId id, sim::ContextId other) const {
    return clocks_[id.value].at[other.value];
  }
  /// How many contexts have been seen.
  std::size_t contexts() const { return contexts_; }

 private:
  /// Bits of level_count: the levels that are masked.
  using Levels = std::uint8_t;

  /// The clock of a synchronisation object.
  struct SyncClock {
    std::uint32_t next = 0;    // of another object in the same word, or 0
    std::uint32_t offset = 0;  // of the object in its word
    VectorClock clock;
  };

  struct CpuClocks {
    std::array<std::array<VectorClock, sim::level_count>, sim::level_count> of;
  };
  struct Now {
    std::uint32_t time = 0;
    std::uint32_t mailbox = 0;  // the clock of the context as a synchronisation object
    Levels masked = 0;
  };

  void know(sim::ContextId id);
  void widen();
  void create(sim::Machine& machine, const sim::Event& event);
  void share(sim::Machine& machine, sim::Cpu cpu, sim::ContextId newcomer);
  void synchronise(const sim::Event& event);
  void synchronise(sim::ContextId id, sim::Sync sync, bool replaces, std::uint32_t& first,
                   std::uint32_t offset);
  std::uint32_t& first_of(sim::ObjectId object);
  SyncClock* find(std::uint32_t first, std::uint32_t offset);
  SyncClock& add(std::uint32_t& first, std::uint32_t offset);
  void acquire(sim::ContextId id, const VectorClock& from) {
    join(clocks_[id.value], from, width_);
  }
  void advance(sim::ContextId id);
  Levels masked_by(const sim::Context& context) const;
  void change_section(const sim::Context& context, Levels masked);

  sim::Shadow* shadow_ = nullptr;
  std::size_t contexts_ = 0;
  std::size_t width_ = 0;
  std::size_t cpus_ = 0;
  std::size_t syncs_used_ = 1;
  std::uint32_t time_ = 0;
  std::array<Now, sim::contexts_max> now_{};
  std::array<VectorClock, sim::contexts_max> clocks_;
  std::vector<SyncClock> syncs_;  // syncs_[0] is nobody's
  std::vector<CpuClocks> cpu_clocks_;
  std::vector<std::uint16_t> cpu_known_;  // bit level * level_count + masked: not all zero
};

}  // namespace heddle::checkers
