// Memory of the simulated kernel. Nothing is handed out twice within an execution, so every use
// after free is seen. An allocation can fail (AllocationFaults); a free is a step, and so is an
// allocation from a cache, which reads the cache.
//
// To free what is no block, or is freed already, ends the execution; so does a null pointer to a
// cache. A destroyed cache is freed memory, and whatever is done with it is a use of that.
#pragma once

#include <cstddef>
#include <typeinfo>

#include "sim/kernel/gfp.hpp"

namespace heddle::sim::kernel {

/// Lies in simulated memory itself.
struct kmem_cache {
  const char* name;
  std::size_t size;
  long objects;  ///< that are allocated and not freed
};

/// `name` lives as long as the execution and labels the cache's objects. @returns nullptr when
/// memory is short.
kmem_cache* kmem_cache_create(const char* name, std::size_t size);
/// With objects left it reports so and does not destroy the cache, as Linux 3.10 does.
void kmem_cache_destroy(kmem_cache* cache);
/// @returns nullptr when memory is short. Contents are undefined without __GFP_ZERO.
void* kmem_cache_alloc(kmem_cache* cache, gfp_t flags);
void* kmem_cache_zalloc(kmem_cache* cache, gfp_t flags);
void kmem_cache_free(kmem_cache* cache, void* object);

/// `label` says what is in the block; it lives as long as the execution.
void* kmalloc(std::size_t size, gfp_t flags, const char* label = "kmalloc");
void* kzalloc(std::size_t size, gfp_t flags, const char* label = "kmalloc");
/// Nothing happens for nullptr.
void kfree(const void* object);

/// Says what lies in a block, so that traces can name its members. Nothing happens for nullptr.
/// `type` is typeid(T).name().
void note_type(const void* object, std::size_t size, const char* type);
/// What an allocation gave, as the T that it is for.
template <class T>
T* typed(void* object) {
  note_type(object, sizeof(T), typeid(T).name());
  return static_cast<T*>(object);
}

}  // namespace heddle::sim::kernel
