// An atomic access, where its type is known: as a step of an execution, and outside of one.
#pragma once

#include <cstdint>

#include "sim/memory/hooks.hpp"

namespace heddle::sim {

enum class AtomicKind : std::uint8_t {
  load,
  store,
  exchange,
  add,
  subtract,
  bit_and,
  bit_or,
  bit_xor,
  bit_nand,
  compare_exchange
};

/// Memory orders as the compiler passes them (C11 numbering).
enum class MemoryOrder : std::uint8_t { relaxed, consume, acquire, release, acq_rel, seq_cst };

/// What it orders. `kind`: load, store or exchange, by what it has turned out to be.
constexpr Sync sync_of(EventKind kind, MemoryOrder order) {
  const bool acquires = order == MemoryOrder::consume || order == MemoryOrder::acquire ||
                        order == MemoryOrder::acq_rel || order == MemoryOrder::seq_cst;
  const bool releases = order == MemoryOrder::release || order == MemoryOrder::acq_rel ||
                        order == MemoryOrder::seq_cst;
  return static_cast<Sync>((acquires && kind != EventKind::store ? 1 : 0) |
                           (releases && kind != EventKind::load ? 2 : 0));
}

template <class T>
struct AtomicAccess {
  T operand = 0;   ///< what is stored, added, …
  T expected = 0;  ///< compare_exchange only
  MemoryOrder order = MemoryOrder::seq_cst;
  MemoryOrder failure_order = MemoryOrder::seq_cst;  ///< compare_exchange only
  Place place;
};

/// What it leaves in memory. @pre it is no compare-exchange that fails.
template <AtomicKind kind, class T>
constexpr T value_after(T before, T operand) {
  if constexpr (kind == AtomicKind::load) return before;
  if constexpr (kind == AtomicKind::add) return static_cast<T>(before + operand);
  if constexpr (kind == AtomicKind::subtract) return static_cast<T>(before - operand);
  if constexpr (kind == AtomicKind::bit_and) return before & operand;
  if constexpr (kind == AtomicKind::bit_or) return before | operand;
  if constexpr (kind == AtomicKind::bit_xor) return before ^ operand;
  if constexpr (kind == AtomicKind::bit_nand) return static_cast<T>(~(before & operand));
  return operand;
}

/// Announces it, makes it when it is chosen, and tells those who watch. @returns what memory had
/// before. @pre `object` lies in the arena. Inlined, so that nothing known of it is looked up.
template <AtomicKind kind, class T>
[[gnu::always_inline]] inline T step_atomically(AccessHandler& handler, volatile T* object,
                                                const AtomicAccess<T>& access) {
  constexpr bool loads = kind == AtomicKind::load;
  constexpr bool compares = kind == AtomicKind::compare_exchange;
  constexpr EventKind announced = loads                       ? EventKind::load
                                  : kind == AtomicKind::store ? EventKind::store
                                                              : EventKind::exchange;
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  const bool watched = handler.announce_atomic(announced, loads ? Mode::read : Mode::write,
                                               sizeof(T), address, access.place);
  const T before = *object;
  const bool fails = compares && before != access.expected;
  const bool writes = !loads && !fails;
  const T after = writes ? value_after<kind, T>(before, access.operand) : before;
  if (watched) {
    const EventKind happens = fails ? EventKind::load : announced;
    const MemoryOrder order = fails ? access.failure_order : access.order;
    Access made{.address = address,
                .size = sizeof(T),
                .mode = writes ? Mode::write : Mode::read,
                .atomic = true,
                .kind = happens,
                .sync = sync_of(happens, order),
                .place = access.place};
    const unsigned noted = hooks.filter.note_bytes(
        address, sizeof(T), kind == AtomicKind::store ? Mode::write : Mode::read);
    handler.atomic(made, {before, after, access.expected, compares, noted});
  }
  if (writes) *object = after;
  return before;
}

/// Makes it at once, for whatever else of the process may do the same.
template <AtomicKind kind, class T>
T make_atomically(volatile T* object, T operand, T expected) {
  constexpr int order = __ATOMIC_SEQ_CST;
  if constexpr (kind == AtomicKind::load) return __atomic_load_n(object, order);
  if constexpr (kind == AtomicKind::exchange) return __atomic_exchange_n(object, operand, order);
  if constexpr (kind == AtomicKind::add) return __atomic_fetch_add(object, operand, order);
  if constexpr (kind == AtomicKind::subtract) return __atomic_fetch_sub(object, operand, order);
  if constexpr (kind == AtomicKind::bit_and) return __atomic_fetch_and(object, operand, order);
  if constexpr (kind == AtomicKind::bit_or) return __atomic_fetch_or(object, operand, order);
  if constexpr (kind == AtomicKind::bit_xor) return __atomic_fetch_xor(object, operand, order);
  if constexpr (kind == AtomicKind::bit_nand) return __atomic_fetch_nand(object, operand, order);
  if constexpr (kind == AtomicKind::store) __atomic_store_n(object, operand, order);
  if constexpr (kind == AtomicKind::compare_exchange)
    __atomic_compare_exchange_n(object, &expected, operand, false, order, order);
  return expected;
}

}  // namespace heddle::sim
