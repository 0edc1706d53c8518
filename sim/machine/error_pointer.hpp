// What a pointer that carries an error number looks like: where no memory can be, one stride for
// each number. So whoever follows one, at any offset of an object, is told which error it was.
#pragma once

#include <cstdint>

namespace heddle::sim::error_pointer {

inline constexpr std::uintptr_t errors_max = 4095;
inline constexpr std::uintptr_t stride = 64 << 10;  ///< bytes
inline constexpr std::uintptr_t base = ~std::uintptr_t{0} << 32;

constexpr bool contains(std::uintptr_t address) {
  return address >= base && address - base < (errors_max + 1) * stride;
}
/// The error number, positive. @pre contains(address).
constexpr std::uintptr_t error_of(std::uintptr_t address) { return (address - base) / stride; }

}  // namespace heddle::sim::error_pointer
