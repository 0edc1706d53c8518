// Memory of the simulated kernel. Nothing is handed out twice within an execution, so every use after
// free is seen. An allocation can fail (AllocationFaults); a free is a step.
#pragma once

#include <cstddef>

#include "sim/kernel/gfp.hpp"

namespace heddle::sim::kernel {

/// Lies in simulated memory itself: using a destroyed cache is a use after free.
struct kmem_cache {
  const char* name;
  std::size_t size;
  long objects;  ///< that are allocated and not freed
};

/// `name` lives as long as the execution. @returns nullptr when memory is short.
kmem_cache* kmem_cache_create(const char* name, std::size_t size);
/// Objects that are left are a finding, as the kernel reports them too.
void kmem_cache_destroy(kmem_cache* cache);
/// @returns nullptr when memory is short. Contents are undefined without __GFP_ZERO.
void* kmem_cache_alloc(kmem_cache* cache, gfp_t flags);
void kmem_cache_free(kmem_cache* cache, void* object);

void* kmalloc(std::size_t size, gfp_t flags);
void* kzalloc(std::size_t size, gfp_t flags);
/// Nothing happens for nullptr.
void kfree(const void* object);

}  // namespace heddle::sim::kernel
