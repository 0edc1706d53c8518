// Loops that only wait for a value: the load is one step, taken when it finds what it waits for.
// Rounds in which it does not are no steps, so searches end where a loop with cpu_relax() may go
// round without end. Who waits so keeps its CPU, as who spins does.
//
// What is waited for is to be written by atomics or WRITE_ONCE, and not by plain accesses: searches
// do not know what these leave there, and may miss orders in which it is what lets somebody go on.
//
// Source: smp_cond_load_acquire in Linux, whose condition is an expression of VAL. Reductions as
// for await statements in GenMC: Kokologiannakis, Ren and Vafeiadis, "Dynamic partial order
// reductions for spinloops", FMCAD 2021.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "sim/core/condition.hpp"
#include "sim/kernel/atomic.hpp"

namespace heddle::sim::kernel {

std::uint64_t load_when(const void* object, std::size_t size, bool acquires, Condition condition);

namespace detail {

template <class T>
constexpr std::uint64_t bits_of(T value) {
  static_assert(std::is_integral_v<T> || std::is_enum_v<T>, "a value that can be waited for");
  constexpr std::uint64_t all = ~std::uint64_t{0} >> (64 - 8 * sizeof(T));
  return static_cast<std::uint64_t>(value) & all;
}

}  // namespace detail

/// VAL == value
template <class T>
constexpr Condition val_is(T value) {
  return {detail::bits_of<T>(static_cast<T>(-1)), detail::bits_of(value), true};
}
/// VAL != value
template <class T>
constexpr Condition val_is_not(T value) {
  return {detail::bits_of<T>(static_cast<T>(-1)), detail::bits_of(value), false};
}
/// !(VAL & bits). @pre some bit is set.
template <class T>
constexpr Condition val_has_none_of(T bits) {
  return {detail::bits_of(bits), 0, true};
}

/// Waits until the object fulfils the condition. @returns what it found. To wait for memory that is
/// not the world's is an escape: nobody there can write it.
template <class T>
[[gnu::always_inline]] inline T smp_cond_load_acquire(const T* object, Condition condition) {
  return static_cast<T>(load_when(object, sizeof(T), true, condition));
}
/// The same without an order.
template <class T>
[[gnu::always_inline]] inline T smp_cond_load_relaxed(const T* object, Condition condition) {
  return static_cast<T>(load_when(object, sizeof(T), false, condition));
}
[[gnu::always_inline]] inline int atomic_cond_read_acquire(const atomic_t* v, Condition condition) {
  return smp_cond_load_acquire(&v->counter, condition);
}

}  // namespace heddle::sim::kernel
