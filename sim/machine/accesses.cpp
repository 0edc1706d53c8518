// What instrumented code does to the arena: plain accesses, marked (volatile) and atomic ones.
#include <algorithm>

#include "sim/machine/machine.hpp"
#include "sim/memory/atomic_access.hpp"
#include "sim/memory/unsigned_of.hpp"

namespace heddle::sim {
namespace {

/// What lies in memory there, of at most eight bytes.
std::uint64_t peek(std::uintptr_t address, std::size_t size) {
  return with_unsigned_of(size, [address]<class T>() -> std::uint64_t {
    T value;
    __builtin_memcpy(&value, reinterpret_cast<const void*>(address), sizeof value);
    return value;
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

/// `noted`: bits of Noted.
void Machine::tell_access(const Access& access, unsigned noted) {
  const ObserverList& told = on_access_.unless[noted];
  if (told.count == 0) return;
  EngineScope engine(*this);
  for (std::size_t i = 0; i < told.count; ++i) told.observers[i]->access(*this, access);
  if (stop_) stop();
}

void Machine::touch(Access access) {
  if (on_access_.empty() || !arena_layout::contains(access.address)) return;
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
  if (!on_access_.empty())
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
  if (!arena_layout::contains(address) || on_access_.empty()) return;
  tell_access(range_access(address, size, mode, running_->id, place), 0);
}

void Machine::disclose(std::uintptr_t address, std::size_t size, Place place) {
  if (!arena_layout::contains(address) || on_access_.empty()) return;
  Access access = range_access(address, size, Mode::read, running_->id, place);
  access.discloses = true;
  tell_access(access, 0);
}

void Machine::copy(std::uintptr_t to, std::uintptr_t from, std::size_t size, Place place) {
  range(from, size, Mode::read, place);
  range(to, size, Mode::write, place);
  EngineScope engine(*this);
  const ObserverList& told = on_access_.unless[0];
  for (std::size_t i = 0; i < told.count; ++i) told.observers[i]->copy(*this, to, from, size);
}

void Machine::marked(std::uintptr_t address, std::size_t size, Mode mode, Place place) {
  if (!arena_layout::contains(address)) return;
  const EventKind kind = mode == Mode::write ? EventKind::store : EventKind::load;
  step({kind, mode, static_cast<std::uint16_t>(size), ObjectId::memory(address), place});
  if (footprint_ != nullptr) footprint_->exchanged.blind = mode == Mode::write;
  if (!on_access_.empty())
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

bool Machine::announce_atomic(EventKind kind, Mode mode, std::uint16_t size, std::uintptr_t address,
                              Place place) {
  step({kind, mode, size, ObjectId::memory(address), place});
  return !observers_.empty() || footprint_ != nullptr;
}

void Machine::atomic(Access& access, const AtomicChange& change) {
  access.context = running_->id;
  tell_access(access, change.noted);
  if (footprint_ != nullptr) [[unlikely]]
    note_exchange(access, change);
  if (access.mode == Mode::write) ++changes_;
  const ObserverList& untold = of_accesses_[static_cast<std::size_t>(access.kind)];
  if (untold.count != 0) tell_event(untold, access, change.after);
}

void Machine::note_exchange(const Access& access, const AtomicChange& change) const {
  if (change.compares && access.mode == Mode::read) footprint_->only_reads();
  footprint_->exchanged = {change.compares ? Exchanged::Kind::compared : Exchanged::Kind::known,
                           access.kind == EventKind::store, change.before, change.after,
                           change.expected};
}

void Machine::tell_event(const ObserverList& list, const Access& access, std::uint64_t value) {
  Event event{.kind = access.kind,
              .mode = access.mode,
              .sync = access.sync,
              .size = static_cast<std::uint16_t>(access.size),
              .object = ObjectId::memory(access.address),
              .value = value,
              .place = access.place};
  tell(list, *running_, event);
}

std::uint64_t Machine::load_when(const volatile void* object, std::size_t size, MemoryOrder order,
                                 const Condition& condition, Place place) {
  const Context& context = self();
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  if (!arena_layout::contains(address)) {
    const std::uint64_t found = peek(address, size);
    if (condition.holds(found)) return found;
    stop_with(FindingKind::escape, place, "leaves the simulator",
              "it waits for a value in memory that is not the world's");
  }
  awaiting_.add(context.id);
  conditions_[context.id.value] = condition;
  if (!condition.holds(peek(address, size)))
    emit({.kind = EventKind::spin,
          .mode = Mode::read,
          .size = static_cast<std::uint16_t>(size),
          .object = ObjectId::memory(address),
          .value = no_context.value,
          .place = place});
  const std::uint64_t found = with_unsigned_of(size, [&]<class T>() -> std::uint64_t {
    auto* const typed = static_cast<volatile T*>(const_cast<volatile void*>(object));
    return step_atomically<AtomicKind::load, T>(*this, typed, {.order = order, .place = place});
  });
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
