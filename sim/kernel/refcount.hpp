// refcount_t and kref: counts that say when they are misused. A count that was 0 is never raised
// again, and one that falls below 0 has been put once too often; either is a finding, and the count
// is left where it can do no more harm (saturated).
//
// Ordering as in the kernel: raising orders nothing, the last put orders what all others did
// before.
#pragma once

#include "sim/kernel/atomic.hpp"

namespace heddle::sim::kernel {

struct refcount_t {
  atomic_t refs;
};

inline constexpr int refcount_saturated = -(1 << 30);

/// The finding, on behalf of the code under test; `text` says what was done.
[[gnu::noinline]] void report_refcount(const char* text);

[[gnu::always_inline]] inline void refcount_set(refcount_t* r, int n) { atomic_set(&r->refs, n); }
[[gnu::always_inline]] inline int refcount_read(const refcount_t* r) {
  return atomic_read(&r->refs);
}
[[gnu::always_inline]] inline void refcount_inc(refcount_t* r) {
  const int before = __atomic_fetch_add(&r->refs.counter, 1, __ATOMIC_RELAXED);
  if (before > 0) return;
  atomic_set(&r->refs, refcount_saturated);
  report_refcount(before == 0 ? "a count of 0 is raised: nobody held a reference"
                              : "a count that is spoilt is raised");
}
/// @returns whether it was not 0, and so was raised.
[[gnu::always_inline]] inline bool refcount_inc_not_zero(refcount_t* r) {
  return atomic_inc_not_zero(&r->refs);
}
/// @returns whether it was the last reference.
[[gnu::always_inline]] inline bool refcount_dec_and_test(refcount_t* r) {
  const int after = __atomic_sub_fetch(&r->refs.counter, 1, __ATOMIC_ACQ_REL);
  if (after >= 0) return after == 0;
  atomic_set(&r->refs, refcount_saturated);
  report_refcount("a count of 0 is lowered: a reference is put twice");
  return false;
}

/// A count that begins at 1 and calls somebody at 0.
struct kref {
  refcount_t refcount;
};

[[gnu::always_inline]] inline void kref_init(kref* k) { refcount_set(&k->refcount, 1); }
[[gnu::always_inline]] inline void kref_get(kref* k) { refcount_inc(&k->refcount); }
[[gnu::always_inline]] inline bool kref_get_unless_zero(kref* k) {
  return refcount_inc_not_zero(&k->refcount);
}
/// Calls release(k) when it was the last reference. @returns whether it was.
template <class Release>
[[gnu::always_inline]] inline bool kref_put(kref* k, Release&& release) {
  if (!refcount_dec_and_test(&k->refcount)) return false;
  release(k);
  return true;
}

}  // namespace heddle::sim::kernel
