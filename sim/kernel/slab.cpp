#include "sim/kernel/slab.hpp"

#include <cstdint>

#include "sim/core/call_place.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// The kernel follows the pointer to the cache, within a step. A null pointer crashes it; what it
/// would find in freed memory nobody can tell.
void follow(Machine& machine, const kmem_cache* cache, Place place) {
  if (arena_layout::contains(address_of(cache))) {
    machine.touch({.address = address_of(cache),
                   .size = sizeof *cache,
                   .mode = Mode::write,
                   .atomic = true,
                   .place = place});
    const Block* block = machine.heap().starting_at(address_of(cache));
    if (block != nullptr && !block->freed) return;
    machine.stop();
  }
  machine.stop_with(FindingKind::crash, place, "follows", "the pointer to a slab cache is null");
}

void* allocate_from(kmem_cache* cache, gfp_t flags, Place place) {
  Machine& machine = Machine::running();
  machine.step({EventKind::load, Mode::read, 0, ObjectId::memory(address_of(cache)), place});
  follow(machine, cache, place);
  void* object = allocate_at(cache->size, cache->name, flags, place);
  if (object != nullptr) ++cache->objects;
  return object;
}

}  // namespace

kmem_cache* kmem_cache_create(const char* name, std::size_t size) {
  void* room =
      allocate_at(sizeof(kmem_cache), "kmem_cache", GFP_KERNEL | __GFP_ZERO, HEDDLE_CALL_PLACE);
  if (room == nullptr) return nullptr;
  auto* cache = static_cast<kmem_cache*>(room);
  *cache = {name, size, 0};
  return cache;
}

void kmem_cache_destroy(kmem_cache* cache) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  step_to_free(cache, place);
  follow(machine, cache, place);
  if (cache->objects == 0) {
    free_within_step(cache, place);
    return;
  }
  machine.emit({.kind = EventKind::assertion,
                .object = ObjectId::memory(address_of(cache)),
                .value = static_cast<std::uint64_t>(cache->objects),
                .place = place,
                .text = "no object is left in the cache that is destroyed"});
}

void* kmem_cache_alloc(kmem_cache* cache, gfp_t flags) {
  return allocate_from(cache, flags, HEDDLE_CALL_PLACE);
}

void* kmem_cache_zalloc(kmem_cache* cache, gfp_t flags) {
  return allocate_from(cache, flags | __GFP_ZERO, HEDDLE_CALL_PLACE);
}

void kmem_cache_free(kmem_cache* cache, void* object) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  step_to_free(object, place);
  machine.uses(ObjectId::memory(address_of(cache)), Mode::read);
  follow(machine, cache, place);
  --cache->objects;
  free_within_step(object, place);
}

void* kmalloc(std::size_t size, gfp_t flags, const char* label) {
  return allocate_at(size, label, flags, HEDDLE_CALL_PLACE);
}
void* kzalloc(std::size_t size, gfp_t flags, const char* label) {
  return allocate_at(size, label, flags | __GFP_ZERO, HEDDLE_CALL_PLACE);
}
void kfree(const void* object) {
  if (object != nullptr) free_at(object, HEDDLE_CALL_PLACE);
}

void note_type(const void* object, std::size_t size, const char* type) {
  if (object != nullptr) Machine::running().names().add_type(address_of(object), size, type);
}

}  // namespace heddle::sim::kernel
