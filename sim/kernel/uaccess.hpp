// Copies between the kernel's memory and a process's. A process's memory is simulated memory too;
// an address outside of it is not mapped, and what the kernel does there faults.
//
// Memory that was mapped by user_map() may be written by others at any time: to copy from or to it
// is a step, and races with nobody, as the kernel has no say in it. Any other simulated memory does
// for a process that is alone; a copy is no step then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "sim/machine/world.hpp"

namespace heddle::sim::kernel {

/// Zeroed memory of a process, for as long as the execution lives. @pre called by the world's
/// set-up.
void* user_map(World& world, std::size_t size, const char* label);
/// Mapped, but a copy from or to one of these bytes faults there. At most 8 such ranges.
void user_forbid(World& world, const void* first, std::size_t size);
/// So many copies of this execution may fault though their memory is good (it could not be brought
/// in), at their beginning or, if they have more than 16 bytes, halfway: by choice. @pre called by
/// the set-up.
void user_copies_may_fault(World& world, std::uint16_t times);

/// Copies up to the first byte that faults. May sleep: a finding in atomic context. The checkers
/// see both sides; what nobody wrote is not to be shown to the user. @returns how many bytes were
/// not copied.
[[nodiscard]] std::size_t copy_to_user(void* to, const void* from, std::size_t size);
/// The same the other way. As in the kernel, what could not be copied is zero.
[[nodiscard]] std::size_t copy_from_user(void* to, const void* from, std::size_t size);

/// @returns 0 or -EFAULT.
[[nodiscard]] int put_user_bytes(void* to, const void* value, std::size_t size);
template <class T>
[[nodiscard, gnu::always_inline]] inline int put_user(T* to, T value) {
  static_assert(std::is_integral_v<T>);
  return put_user_bytes(to, &value, sizeof value);
}
[[nodiscard]] int get_user_bytes(void* value, const void* from, std::size_t size);
template <class T>
[[nodiscard, gnu::always_inline]] inline int get_user(T& value, const T* from) {
  static_assert(std::is_integral_v<T>);
  return get_user_bytes(&value, from, sizeof value);
}

}  // namespace heddle::sim::kernel
