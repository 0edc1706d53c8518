// Data of which each CPU has a copy of its own (linux/percpu.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle::sim::kernel {

/// How far apart the copies lie; the most bytes that one can have.
inline constexpr std::size_t percpu_unit_bytes = 4096;

/// Zeroed memory of `size` bytes for each CPU; may sleep. What follows a copy is out of bounds.
/// `label` lives as long as the execution. @returns nullptr when memory is short.
void* alloc_percpu(std::size_t size, const char* label);
/// Nothing happens for nullptr.
void free_percpu(const void* data);

/// The CPU's copy. As in the kernel this is arithmetic: of nullptr it makes a wild pointer.
template <class T>
[[gnu::always_inline]] inline T* per_cpu_ptr(T* data, int cpu) {
  return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(data) +
                              static_cast<std::uintptr_t>(cpu) * percpu_unit_bytes);
}

}  // namespace heddle::sim::kernel
