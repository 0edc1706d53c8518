#include "sim/kernel/memory.hpp"

#include <algorithm>
#include <cstdint>

#include "sim/kernel/sleep.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// Says that an allocation of these flags may sleep, and lets others run if memory must be
/// reclaimed first. @returns whether there is memory.
bool has_memory(Machine& machine, std::size_t size, gfp_t flags, Place place) {
  const bool may_wait = (flags & __GFP_WAIT) != 0;
  if (may_wait) may_sleep(machine, event_can_sleep, place);
  const auto fault = machine.inject_allocation_fault();
  if (fault == Machine::AllocationFault::none) return true;
  if (fault == Machine::AllocationFault::soft && may_wait) {
    machine.yield(place);
    return true;
  }
  machine.emit({.kind = EventKind::allocate_failed, .value = size, .place = place});
  return false;
}

}  // namespace

void* allocate_at(std::size_t size, const char* label, gfp_t flags, Place place) {
  Machine& machine = Machine::running();
  if (!has_memory(machine, size, flags, place)) return nullptr;
  const auto fill = (flags & __GFP_ZERO) != 0 ? Heap::Fill::zero : Heap::Fill::poison;
  return reinterpret_cast<void*>(machine.allocate(size, label, fill, place));
}

void step_to_free(const void* object, Place place) {
  Machine& machine = Machine::running();
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  const Block* block = machine.heap().starting_at(address);
  const std::size_t size = block != nullptr ? std::min<std::size_t>(block->size, 0xFFFF) : 0;
  machine.step({EventKind::free, Mode::write, static_cast<std::uint16_t>(size),
                ObjectId::memory(address), place});
}

void free_within_step(const void* object, Place place) {
  Machine& machine = Machine::running();
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  Block* block = machine.heap().starting_at(address);
  const bool good = block != nullptr && !block->freed && !block->permanent;
  machine.emit({.kind = EventKind::free,
                .flags = good ? std::uint8_t{0} : std::uint8_t{event_not_a_block},
                .object = ObjectId::memory(address),
                .value = block != nullptr ? block->size : 0,
                .place = place});
  if (!good) machine.stop();
  block->freed_by = machine.self().id;
  block->freed_at = place;
  block->freed_step = machine.steps();
  machine.heap().free(*block);
  machine.wake_all_in(block->address, block->size);
}

void free_at(const void* object, Place place) {
  step_to_free(object, place);
  free_within_step(object, place);
}

}  // namespace heddle::sim::kernel
