// Strings, read byte by byte where the checkers see it. Inlined into the code under test.
#pragma once

#include <cstddef>

namespace heddle::sim::kernel {

[[gnu::always_inline]] inline int strcmp(const char* a, const char* b) {
  for (;; ++a, ++b) {
    const unsigned char x = static_cast<unsigned char>(*a);
    const unsigned char y = static_cast<unsigned char>(*b);
    if (x != y) return x < y ? -1 : 1;
    if (x == 0) return 0;
  }
}
[[gnu::always_inline]] inline std::size_t strlen(const char* s) {
  std::size_t length = 0;
  while (s[length] != 0) ++length;
  return length;
}
/// Copies at most `size` bytes; pads the rest with zeroes, and adds none if there is no room.
[[gnu::always_inline]] inline void strncpy(char* to, const char* from, std::size_t size) {
  std::size_t i = 0;
  for (; i < size && from[i] != 0; ++i) to[i] = from[i];
  for (; i < size; ++i) to[i] = 0;
}

}  // namespace heddle::sim::kernel
