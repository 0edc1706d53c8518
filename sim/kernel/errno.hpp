// Error numbers, and pointers that carry one (linux/err.h).
#pragma once

#include <cerrno>  // the names of the numbers are the C library's
#include <cstdint>

namespace heddle::sim::kernel {

inline constexpr int max_errno = 4095;

template <class T>
[[gnu::always_inline]] inline T* ERR_PTR(long error) {
  return reinterpret_cast<T*>(static_cast<std::intptr_t>(error));
}
[[gnu::always_inline]] inline bool IS_ERR(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) >= static_cast<std::uintptr_t>(-max_errno);
}
[[gnu::always_inline]] inline long PTR_ERR(const void* pointer) {
  return static_cast<long>(reinterpret_cast<std::intptr_t>(pointer));
}

}  // namespace heddle::sim::kernel
