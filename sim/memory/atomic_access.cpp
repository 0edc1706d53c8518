#include <bit>
#include <cstdint>

#include "sim/core/check.hpp"
#include "sim/memory/hooks.hpp"
#include "sim/memory/unsigned_of.hpp"

namespace heddle::sim {
namespace {

template <class T>
std::uint64_t perform_as(const AtomicAccess& access) {
  T* object = reinterpret_cast<T*>(access.address);
  const T operand = static_cast<T>(access.operand);
  switch (access.kind) {
    case AtomicKind::load:
      return __atomic_load_n(object, __ATOMIC_SEQ_CST);
    case AtomicKind::store:
      __atomic_store_n(object, operand, __ATOMIC_SEQ_CST);
      return 0;
    case AtomicKind::exchange:
      return __atomic_exchange_n(object, operand, __ATOMIC_SEQ_CST);
    case AtomicKind::add:
      return __atomic_fetch_add(object, operand, __ATOMIC_SEQ_CST);
    case AtomicKind::subtract:
      return __atomic_fetch_sub(object, operand, __ATOMIC_SEQ_CST);
    case AtomicKind::bit_and:
      return __atomic_fetch_and(object, operand, __ATOMIC_SEQ_CST);
    case AtomicKind::bit_or:
      return __atomic_fetch_or(object, operand, __ATOMIC_SEQ_CST);
    case AtomicKind::bit_xor:
      return __atomic_fetch_xor(object, operand, __ATOMIC_SEQ_CST);
    case AtomicKind::bit_nand:
      return __atomic_fetch_nand(object, operand, __ATOMIC_SEQ_CST);
    case AtomicKind::compare_exchange: {
      T expected = static_cast<T>(access.expected);
      __atomic_compare_exchange_n(object, &expected, operand, false, __ATOMIC_SEQ_CST,
                                  __ATOMIC_SEQ_CST);
      return expected;
    }
  }
  HEDDLE_CHECK(false, "an atomic access is of a known kind");
}

}  // namespace

std::uint64_t perform(const AtomicAccess& access) {
  HEDDLE_CHECK(std::has_single_bit(access.size) && access.size <= 8,
               "an atomic access has 1, 2, 4 or 8 bytes");
  return with_unsigned_of(access.size, [&]<class T>() { return perform_as<T>(access); });
}

}  // namespace heddle::sim
