// Marked accesses: relaxed atomics, so that they are steps and do not race with each other.
#pragma once

namespace heddle::sim::kernel {

template <class T>
[[gnu::always_inline]] inline T READ_ONCE(const T& object) {
  T value;
  __atomic_load(&object, &value, __ATOMIC_RELAXED);
  return value;
}
template <class T, class Value>
[[gnu::always_inline]] inline void WRITE_ONCE(T& object, Value value) {
  T stored = static_cast<T>(value);
  __atomic_store(&object, &stored, __ATOMIC_RELAXED);
}
template <class T>
[[gnu::always_inline]] inline T smp_load_acquire(const T* object) {
  T value;
  __atomic_load(object, &value, __ATOMIC_ACQUIRE);
  return value;
}
template <class T, class Value>
[[gnu::always_inline]] inline void smp_store_release(T* object, Value value) {
  T stored = static_cast<T>(value);
  __atomic_store(object, &stored, __ATOMIC_RELEASE);
}

}  // namespace heddle::sim::kernel
