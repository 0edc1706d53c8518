// Error numbers, and pointers that carry one (linux/err.h). The pointers are not the kernel's
// values, which nobody should know: these say which error it was when they are followed by mistake.
#pragma once

#include <cerrno>  // the names of the numbers are the C library's
#include <cstdint>

#include "sim/machine/error_pointer.hpp"

namespace heddle::sim::kernel {

inline constexpr int max_errno = 4095;

/// @param error  -max_errno..-1
template <class T>
[[gnu::always_inline]] inline T* ERR_PTR(long error) {
  return reinterpret_cast<T*>(error_pointer::base +
                              static_cast<std::uintptr_t>(-error) * error_pointer::stride);
}
[[gnu::always_inline]] inline bool IS_ERR(const void* pointer) {
  return error_pointer::contains(reinterpret_cast<std::uintptr_t>(pointer));
}
/// @pre IS_ERR(pointer).
[[gnu::always_inline]] inline long PTR_ERR(const void* pointer) {
  return -static_cast<long>(error_pointer::error_of(reinterpret_cast<std::uintptr_t>(pointer)));
}

}  // namespace heddle::sim::kernel
