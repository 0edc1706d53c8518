// Allocating and freeing on behalf of other functions of the vocabulary: the place is their
// caller's.
#pragma once

#include <cstddef>

#include "sim/core/object.hpp"
#include "sim/kernel/gfp.hpp"

namespace heddle::sim::kernel {

/// As kmalloc(), for the code at `place`. `label` says what the block is.
void* allocate_at(std::size_t size, const char* label, gfp_t flags, Place place);
/// As kfree() of what is not nullptr, for the code at `place`.
void free_at(const void* object, Place place);
/// Its two halves: the step, and what happens in it.
void step_to_free(const void* object, Place place);
void free_within_step(const void* object, Place place);

}  // namespace heddle::sim::kernel
