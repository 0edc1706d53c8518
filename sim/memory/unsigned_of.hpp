// Memory as a number: which type has so many bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle::sim {

/// Calls body.operator()<T>() with the unsigned type of so many bytes; of what is wider than eight,
/// the first eight stand for it. @pre size is a power of two.
template <class Body>
[[gnu::always_inline]] inline auto with_unsigned_of(std::size_t size, const Body& body) {
  switch (size) {
    case 1:
      return body.template operator()<std::uint8_t>();
    case 2:
      return body.template operator()<std::uint16_t>();
    case 4:
      return body.template operator()<std::uint32_t>();
    default:
      return body.template operator()<std::uint64_t>();
  }
}

}  // namespace heddle::sim
