// What instrumented code does to the arena: plain accesses, marked (volatile) and atomic ones.
#include <algorithm>

#include "sim/machine/machine.hpp"
#include "sim/memory/atomic_value.hpp"
#include "sim/memory/unsigned_of.hpp"

namespace heddle::sim {
namespace {

Sync sync_of(EventKind kind, MemoryOrder order) {
  const bool acquire = order == MemoryOrder::consume || order == MemoryOrder::acquire ||
                       order == MemoryOrder::acq_rel || order == MemoryOrder::seq_cst;
  const bool release = order == MemoryOrder::release || order == MemoryOrder::acq_rel ||
                       order == MemoryOrder::seq_cst;
  return static_cast<Sync>((acquire && kind != EventKind::store ? 1 : 0) |
                           (release && kind != EventKind::load ? 2 : 0));
}

std::uint64_t truncate(std::uint64_t value, std::uint8_t size) {
  return size >= 8 ? value : value & ((std::uint64_t{1} << (8 * size)) - 1);
}

/// What lies in memory there, of at most eight bytes.
std::uint64_t peek(std::uintptr_t address, std::size_t size) {
  return with_unsigned_of(size, [address]<class T>() -> std::uint64_t {
    T value;
    __builtin_memcpy(&value, reinterpret_cast<const void*>(address), sizeof value);
    return value;
  });
}

void poke(std::uintptr_t address, std::size_t size, std::uint64_t value) {
  with_unsigned_of(size, [=]<class T>() {
    const T narrow = static_cast<T>(value);
    __builtin_memcpy(reinterpret_cast<void*>(address), &narrow, sizeof narrow);
  });
}

/// How much of a range lies in the arena: shadow goes no further. @pre its first byte does.
std::uint32_t length_of(std::uintptr_t address, std::size_t size) {
  static_assert(arena_layout::total_bytes <= ~std::uint32_t{0});
  const std::size_t to_end = arena_layout::base + arena_layout::total_bytes - address;
  return static_cast<std::uint32_t>(std::min(size, to_end));
}

/// @pre its first byte lies in the arena.
Access range_access(std::uintptr_t address, std::size_t size, Mode mode, ContextId context,
                    Place place) {
  return {.address = address,
          .size = length_of(address, size),
          .mode = mode,
          .range = true,
          .context = context,
          .place = place};
}

}  // namespace

bool Machine::is_scheduled_access(std::uintptr_t address) const {
  if (alone_ != no_context || !arena_layout::is_heap(address)) return false;
  return config_.interleave == Interleave::all || shadow_.is_interleaved(address);
}

/// `noted`: bits of Noted; those who need not be told of such accesses are not.
void Machine::tell_access(const Access& access, unsigned noted) {
  EngineScope engine(*this);
  for (std::size_t i = 0; i < on_access_.count; ++i)
    if ((on_access_.needs_not[i] & noted) == 0) on_access_.observers[i]->access(*this, access);
  if (stop_) stop();
}

void Machine::touch(Access access) {
  if (on_access_.count == 0 || !arena_layout::contains(access.address)) return;
  access.size = std::min(access.size, 8 - static_cast<std::uint32_t>(access.address & 7));
  access.context = running_->id;
  tell_access(access, hooks.filter.note_bytes(access.address, access.size, access.mode));
}

void Machine::endless(Place place) {
  stop_with(FindingKind::livelock, place, "runs", "it goes on for ever without a step");
}

void Machine::plain(std::uintptr_t address, std::size_t size, Mode mode, Place place) {
  if (!arena_layout::contains(address)) return;
  const bool scheduled = config_.interleave != Interleave::sync && is_scheduled_access(address);
  const EventKind kind = mode == Mode::write ? EventKind::write : EventKind::read;
  if (scheduled)
    step({kind, mode, static_cast<std::uint16_t>(size), ObjectId::memory(address), place});
  if (on_access_.count != 0)
    tell_access({.address = address,
                 .size = static_cast<std::uint32_t>(size),
                 .mode = mode,
                 .context = running_->id,
                 .place = place},
                hooks.filter.note(address, size, mode, place));
  if (scheduled)
    emit({.kind = kind,
          .mode = mode,
          .size = static_cast<std::uint16_t>(size),
          .object = ObjectId::memory(address),
          .value = peek(address, size),
          .place = place});
}

void Machine::range(std::uintptr_t address, std::size_t size, Mode mode, Place place) {
  if (!arena_layout::contains(address) || on_access_.count == 0) return;
  tell_access(range_access(address, size, mode, running_->id, place), 0);
}

void Machine::disclose(std::uintptr_t address, std::size_t size, Place place) {
  if (!arena_layout::contains(address) || on_access_.count == 0) return;
  Access access = range_access(address, size, Mode::read, running_->id, place);
  access.discloses = true;
  tell_access(access, 0);
}

void Machine::copy(std::uintptr_t to, std::uintptr_t from, std::size_t size, Place place) {
  range(from, size, Mode::read, place);
  range(to, size, Mode::write, place);
  EngineScope engine(*this);
  for (std::size_t i = 0; i < on_access_.count; ++i)
    on_access_.observers[i]->copy(*this, to, from, size);
}

void Machine::marked(std::uintptr_t address, std::size_t size, Mode mode, Place place) {
  if (!arena_layout::contains(address)) return;
  const EventKind kind = mode == Mode::write ? EventKind::store : EventKind::load;
  step({kind, mode, static_cast<std::uint16_t>(size), ObjectId::memory(address), place});
  if (footprint_ != nullptr) footprint_->exchanged.blind = mode == Mode::write;
  if (on_access_.count != 0)
    tell_access({.address = address,
                 .size = static_cast<std::uint32_t>(size),
                 .mode = mode,
                 .atomic = true,
                 .kind = kind,
                 .context = running_->id,
                 .place = place},
                hooks.filter.note_bytes(address, size, mode));
  emit_access({.kind = kind,
               .mode = mode,
               .size = static_cast<std::uint16_t>(size),
               .object = ObjectId::memory(address),
               .value = mode == Mode::read ? peek(address, size) : 0,
               .place = place});
}

void Machine::note_exchange(const AtomicAccess& access, std::uint64_t before,
                            std::uint64_t after) const {
  const bool compares = access.kind == AtomicKind::compare_exchange;
  footprint_->exchanged = {compares ? Exchanged::Kind::compared : Exchanged::Kind::known,
                           access.kind == AtomicKind::store, before, after,
                           truncate(access.expected, access.size)};
}

bool Machine::atomic(const AtomicAccess& access, std::uint64_t& found) {
  if (!arena_layout::contains(access.address)) {
    found = perform(access);
    return true;
  }
  const bool loads = access.kind == AtomicKind::load;
  EventKind kind = loads ? EventKind::load : EventKind::exchange;
  if (access.kind == AtomicKind::store) kind = EventKind::store;
  step({kind, loads ? Mode::read : Mode::write, access.size, ObjectId::memory(access.address),
        access.place});
  if (observers_.empty() && footprint_ == nullptr) return false;
  found = take_effect(access);
  return true;
}

/// Not inlined: what it keeps on the stack need not be there while others run.
std::uint64_t Machine::take_effect(const AtomicAccess& access) {
  const std::uint64_t before = peek(access.address, access.size);
  std::uint64_t after = before;
  EventKind kind = EventKind::load;
  MemoryOrder order = access.order;
  if (access.kind == AtomicKind::store) {
    kind = EventKind::store;
    after = access.operand;
  } else if (access.kind == AtomicKind::compare_exchange &&
             before != truncate(access.expected, access.size)) {
    order = access.failure_order;
    only_reads();
  } else if (access.kind != AtomicKind::load) {
    kind = EventKind::exchange;
    after = truncate(value_after(access.kind, before, access.operand), access.size);
  }
  const Mode mode = kind == EventKind::load ? Mode::read : Mode::write;
  const Sync sync = sync_of(kind, order);
  if (on_access_.count != 0)
    tell_access({.address = access.address,
                 .size = access.size,
                 .mode = mode,
                 .atomic = true,
                 .kind = kind,
                 .sync = sync,
                 .context = running_->id,
                 .place = access.place},
                hooks.filter.note_bytes(access.address, access.size,
                                        kind == EventKind::store ? Mode::write : Mode::read));
  if (footprint_ != nullptr) [[unlikely]]
    note_exchange(access, before, after);
  if (mode == Mode::write) poke(access.address, access.size, after);
  if (mode == Mode::write) ++changes_;
  const ObserverList& untold = of_accesses_[static_cast<std::size_t>(kind)];
  if (untold.count == 0) return before;
  Event event{.kind = kind,
              .mode = mode,
              .sync = sync,
              .size = access.size,
              .object = ObjectId::memory(access.address),
              .value = after,
              .place = access.place};
  tell(untold, *running_, event);
  return before;
}

std::uint64_t Machine::load_when(const AtomicAccess& load, const Condition& condition) {
  const Context& context = self();
  if (!arena_layout::contains(load.address)) {
    const std::uint64_t found = perform(load);
    if (condition.holds(found)) return found;
    stop_with(FindingKind::escape, load.place, "leaves the simulator",
              "it waits for a value in memory that is not the world's");
  }
  awaiting_.add(context.id);
  conditions_[context.id.value] = condition;
  if (!condition.holds(peek(load.address, load.size)))
    emit({.kind = EventKind::spin,
          .mode = Mode::read,
          .size = load.size,
          .object = ObjectId::memory(load.address),
          .value = no_context.value,
          .place = load.place});
  const std::uint64_t found = atomic(load);
  awaiting_.remove(context.id);
  if (footprint_ != nullptr) footprint_->exchanged.condition = condition;
  return found;
}

/// Whom does memory let go on now?
void Machine::look_again() {
  for (ContextSet rest = awaiting_; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    const Operation& load = contexts_[id.value].announced;
    if (conditions_[id.value].holds(peek(load.object.payload(), load.size)))
      ready_.add(id);
    else
      ready_.remove(id);
  }
}

}  // namespace heddle::sim
