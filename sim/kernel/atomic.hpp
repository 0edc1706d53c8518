// atomic_t. As in the kernel, operations that return a value are fully ordered, the others relaxed
// (Documentation/atomic_t.txt, section "Ordering").
#pragma once

#include "sim/kernel/once.hpp"

namespace heddle::sim::kernel {

struct atomic_t {
  int counter;
};

[[gnu::always_inline]] inline int atomic_read(const atomic_t* v) { return READ_ONCE(v->counter); }
[[gnu::always_inline]] inline void atomic_set(atomic_t* v, int i) { WRITE_ONCE(v->counter, i); }
[[gnu::always_inline]] inline void atomic_add(int i, atomic_t* v) {
  __atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED);
}
[[gnu::always_inline]] inline void atomic_sub(int i, atomic_t* v) { atomic_add(-i, v); }
[[gnu::always_inline]] inline void atomic_inc(atomic_t* v) { atomic_add(1, v); }
[[gnu::always_inline]] inline void atomic_dec(atomic_t* v) { atomic_add(-1, v); }
[[gnu::always_inline]] inline int atomic_add_return(int i, atomic_t* v) {
  return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST);
}
[[gnu::always_inline]] inline int atomic_inc_return(atomic_t* v) { return atomic_add_return(1, v); }
[[gnu::always_inline]] inline int atomic_dec_return(atomic_t* v) {
  return atomic_add_return(-1, v);
}
[[gnu::always_inline]] inline bool atomic_sub_and_test(int i, atomic_t* v) {
  return atomic_add_return(-i, v) == 0;
}
[[gnu::always_inline]] inline bool atomic_inc_and_test(atomic_t* v) {
  return atomic_inc_return(v) == 0;
}
[[gnu::always_inline]] inline bool atomic_dec_and_test(atomic_t* v) {
  return atomic_dec_return(v) == 0;
}
[[gnu::always_inline]] inline int atomic_xchg(atomic_t* v, int i) {
  return __atomic_exchange_n(&v->counter, i, __ATOMIC_SEQ_CST);
}
/// @returns the value before; it was `expected` if and only if `desired` was stored.
[[gnu::always_inline]] inline int atomic_cmpxchg(atomic_t* v, int expected, int desired) {
  __atomic_compare_exchange_n(&v->counter, &expected, desired, false, __ATOMIC_SEQ_CST,
                              __ATOMIC_RELAXED);
  return expected;
}
/// Adds `i` unless the value is `unless`. @returns whether it did; if not, nothing is ordered.
[[gnu::always_inline]] inline bool atomic_add_unless(atomic_t* v, int i, int unless) {
  int value = atomic_read(v);
  while (value != unless) {
    const int before = atomic_cmpxchg(v, value, value + i);
    if (before == value) return true;
    value = before;
  }
  return false;
}
[[gnu::always_inline]] inline bool atomic_inc_not_zero(atomic_t* v) {
  return atomic_add_unless(v, 1, 0);
}

}  // namespace heddle::sim::kernel
