// The links between pages, and the counters, as atomics. Inlined into the ring buffer's functions.
#pragma once

#include <cstdint>

#include "models/ring_buffer/ring_buffer.hpp"

namespace heddle::models::ring_buffer {

inline constexpr std::uintptr_t link_bits = 3;

[[gnu::always_inline]] inline Page* page_of(std::uintptr_t link) {
  return reinterpret_cast<Page*>(link & ~link_bits);
}
[[gnu::always_inline]] inline std::uintptr_t link_to(const Page* page,
                                                     LinkState state = link_normal) {
  return reinterpret_cast<std::uintptr_t>(page) | state;
}
template <class T>
[[gnu::always_inline]] inline T load(const T& object) {
  return kernel::smp_load_acquire(&object);
}
template <class T, class Value>
[[gnu::always_inline]] inline void store(T& object, Value value) {
  kernel::smp_store_release(&object, value);
}
/// @returns the value after it.
template <class T>
[[gnu::always_inline]] inline T add(T& object, T value) {
  return __atomic_add_fetch(&object, value, __ATOMIC_SEQ_CST);
}
template <class T>
[[gnu::always_inline]] inline T subtract(T& object, T value) {
  return __atomic_sub_fetch(&object, value, __ATOMIC_SEQ_CST);
}
/// @returns the value before it.
template <class T>
[[gnu::always_inline]] inline T exchange_if(T& object, T expected, T desired) {
  __atomic_compare_exchange_n(&object, &expected, desired, false, __ATOMIC_SEQ_CST,
                              __ATOMIC_ACQUIRE);
  return expected;
}
[[gnu::always_inline]] inline Page* next_of(const Page* page) { return page_of(load(page->next)); }

/// What the link from `from` says of `to`.
[[gnu::always_inline]] inline LinkState state_of(std::uintptr_t link, const Page* to) {
  return page_of(link) == to ? static_cast<LinkState>(link & link_bits) : link_moved;
}
/// Changes what the link from `from` says of `to`, if that was `before`. @returns what it said.
[[gnu::always_inline]] inline LinkState change_link(Page* from, const Page* to, LinkState before,
                                                    LinkState after) {
  return state_of(exchange_if(from->next, link_to(to, before), link_to(to, after)), to);
}

}  // namespace heddle::models::ring_buffer
