// What an atomic access leaves in memory.
#pragma once

#include "sim/memory/hooks.hpp"

namespace heddle::sim {

/// @pre it is no compare-exchange that fails. Inlined, so that it costs nothing where the kind is
/// known.
template <class T>
[[gnu::always_inline]] constexpr T value_after(AtomicKind kind, T before, T operand) {
  switch (kind) {
    case AtomicKind::load:
      return before;
    case AtomicKind::add:
      return static_cast<T>(before + operand);
    case AtomicKind::subtract:
      return static_cast<T>(before - operand);
    case AtomicKind::bit_and:
      return before & operand;
    case AtomicKind::bit_or:
      return before | operand;
    case AtomicKind::bit_xor:
      return before ^ operand;
    case AtomicKind::bit_nand:
      return static_cast<T>(~(before & operand));
    case AtomicKind::store:
    case AtomicKind::exchange:
    case AtomicKind::compare_exchange:
      return operand;
  }
  return operand;
}

}  // namespace heddle::sim
