#include "sim/kernel/slab.hpp"

#include <cstdint>

#include "sim/kernel/place.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

std::uintptr_t address_of(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

/// The kernel is about to read and write the cache. A null pointer crashes it.
void follow(Machine& machine, const kmem_cache* cache, Place place) {
  if (arena_layout::contains(address_of(cache))) {
    machine.touch(address_of(cache), sizeof *cache, Mode::write, place);
    return;
  }
  Finding finding = machine.finding_here(FindingKind::crash, place, "follows", no_object);
  finding.detail = "the pointer to a slab cache is null";
  finding.fatal = true;
  machine.report(finding);
  machine.stop();
}

/// Says that an allocation of these flags may sleep, and lets others run if memory must be
/// reclaimed first. @returns whether there is memory.
bool has_memory(Machine& machine, std::size_t size, gfp_t flags, Place place) {
  const bool may_wait = (flags & __GFP_WAIT) != 0;
  if (may_wait)
    machine.emit({.kind = EventKind::might_sleep, .flags = event_can_sleep, .place = place});
  const auto fault = machine.inject_allocation_fault();
  if (fault == Machine::AllocationFault::none) return true;
  if (fault == Machine::AllocationFault::soft && may_wait) {
    machine.yield(place);
    return true;
  }
  machine.emit({.kind = EventKind::allocate_failed, .value = size, .place = place});
  return false;
}

void* allocate(std::size_t size, const char* label, gfp_t flags, Place place) {
  Machine& machine = Machine::running();
  if (!has_memory(machine, size, flags, place)) return nullptr;
  const auto fill = (flags & __GFP_ZERO) != 0 ? Heap::Fill::zero : Heap::Fill::poison;
  return reinterpret_cast<void*>(machine.allocate(size, label, fill, place));
}

void free(const void* object, Place place) {
  Machine& machine = Machine::running();
  const std::uintptr_t address = address_of(object);
  machine.step({EventKind::free, Mode::write, 0, ObjectId::memory(address), place});
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
}

}  // namespace

kmem_cache* kmem_cache_create(const char* name, std::size_t size) {
  void* room = allocate(sizeof(kmem_cache), "kmem_cache", GFP_KERNEL | __GFP_ZERO,
                        HEDDLE_CALL_PLACE);
  if (room == nullptr) return nullptr;
  auto* cache = static_cast<kmem_cache*>(room);
  *cache = {name, size, 0};
  return cache;
}

void kmem_cache_destroy(kmem_cache* cache) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  follow(machine, cache, place);
  if (cache->objects != 0)
    machine.emit({.kind = EventKind::assertion,
                  .object = ObjectId::memory(address_of(cache)),
                  .value = static_cast<std::uint64_t>(cache->objects),
                  .place = place,
                  .text = "no object is left in the cache that is destroyed"});
  free(cache, place);
}

void* kmem_cache_alloc(kmem_cache* cache, gfp_t flags) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  follow(machine, cache, place);
  void* object = allocate(cache->size, cache->name, flags, place);
  if (object != nullptr) ++cache->objects;
  return object;
}

void kmem_cache_free(kmem_cache* cache, void* object) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  follow(machine, cache, place);
  --cache->objects;
  free(object, place);
}

void* kmalloc(std::size_t size, gfp_t flags) {
  return allocate(size, "kmalloc", flags, HEDDLE_CALL_PLACE);
}
void* kzalloc(std::size_t size, gfp_t flags) {
  return allocate(size, "kmalloc", flags | __GFP_ZERO, HEDDLE_CALL_PLACE);
}
void kfree(const void* object) {
  if (object != nullptr) free(object, HEDDLE_CALL_PLACE);
}

}  // namespace heddle::sim::kernel
