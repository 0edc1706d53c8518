// The functions that instrumented code calls. Their names and types are the compilers' (g++ 12,
// clang 19); each is as short as it can be, as model code runs one at every access.
#include "sim/memory/hooks.hpp"

#include <cstring>

#include "sim/memory/atomic_access.hpp"

namespace heddle::sim {
Hooks hooks;
}

namespace {

using heddle::sim::AtomicKind;
using heddle::sim::hooks;
using heddle::sim::MemoryOrder;
using heddle::sim::Mode;
using heddle::sim::Place;

Place place_of(void* pc) { return Place{reinterpret_cast<std::uintptr_t>(pc)}; }

/// What the code under test does without a step. A loop that takes none is seen to be endless, also
/// where nobody watches what it touches. @pre an execution runs.
void count_work(void* pc) {
  if (++hooks.work > hooks.work_max) [[unlikely]]
    hooks.handler->endless(place_of(pc));
}

/// What is written outside of the arena is part of no state that could be gone back to.
void note_write(std::uintptr_t address) {
  if (!heddle::sim::arena_layout::contains(address)) [[unlikely]]
    hooks.left_the_arena = hooks.left_the_arena || !hooks.handler->owns(address);
}

[[gnu::noinline]] void plain_in_full(std::uintptr_t at, std::size_t size, Mode mode, void* pc) {
  count_work(pc);
  if (mode == Mode::write) note_write(at);
  if (!hooks.watches_plain || hooks.filter.is_no_news(at, size, mode, place_of(pc))) return;
  hooks.handler->plain(at, size, mode, place_of(pc));
}

/// Calls nobody in the common cases, so that it saves no registers for that.
[[gnu::always_inline]] inline void plain(void* address, std::size_t size, Mode mode, void* pc) {
  if (hooks.handler == nullptr) return;
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  const bool is_quiet =
      hooks.filter.clocks != nullptr
          ? hooks.filter.is_plainly_no_news(at, size, mode, place_of(pc))
          : !hooks.watches_plain && (mode == Mode::read || heddle::sim::arena_layout::contains(at));
  if (is_quiet && hooks.work < hooks.work_max) [[likely]]
    ++hooks.work;
  else
    plain_in_full(at, size, mode, pc);
}
void range(void* address, std::size_t size, Mode mode, void* pc) {
  if (hooks.handler == nullptr || size == 0) return;
  count_work(pc);
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  if (mode == Mode::write) note_write(at);
  if (hooks.watches_plain) hooks.handler->range(at, size, mode, place_of(pc));
}
void marked(void* address, std::size_t size, Mode mode, void* pc) {
  if (hooks.handler == nullptr) return;
  count_work(pc);
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  if (mode == Mode::write) note_write(at);
  hooks.handler->marked(at, size, mode, place_of(pc));
}
MemoryOrder order_of(int order) { return static_cast<MemoryOrder>(order & 7); }

/// @returns what memory had before.
template <AtomicKind kind, class T>
[[gnu::always_inline]] inline T atomic(volatile T* object, T operand, T expected, int order,
                                       int failure_order, void* pc) {
  if (hooks.handler == nullptr)
    return heddle::sim::make_atomically<kind, T>(object, operand, expected);
  count_work(pc);
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  if (!heddle::sim::arena_layout::contains(address)) [[unlikely]] {
    if (kind != AtomicKind::load) note_write(address);
    return heddle::sim::make_atomically<kind, T>(object, operand, expected);
  }
  return heddle::sim::step_atomically<kind, T>(
      *hooks.handler, object,
      {operand, expected, order_of(order), order_of(failure_order), place_of(pc)});
}

/// @returns whether `expected` was found; it is what was found then.
template <class T>
int compare_exchange(volatile T* object, T* expected, T desired, int order, int failure_order,
                     void* pc) {
  const T found =
      atomic<AtomicKind::compare_exchange, T>(object, desired, *expected, order, failure_order, pc);
  const bool done = found == *expected;
  *expected = found;
  return done;
}

}  // namespace

#define HEDDLE_CALLER __builtin_return_address(0)

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void* call_site) {
  if (hooks.handler == nullptr) return;
  ++hooks.calls_entered;
  count_work(call_site);
  hooks.calls->enter(reinterpret_cast<std::uintptr_t>(call_site));
}
void __tsan_func_exit() {
  if (hooks.handler != nullptr) hooks.calls->exit();
}
void __tsan_ignore_thread_begin() {}
void __tsan_ignore_thread_end() {}
void __tsan_vptr_read(void** p) { plain(p, sizeof *p, Mode::read, HEDDLE_CALLER); }
void __tsan_vptr_update(void** p, void*) { plain(p, sizeof *p, Mode::write, HEDDLE_CALLER); }
void __tsan_read_range(void* p, std::size_t size) { range(p, size, Mode::read, HEDDLE_CALLER); }
void __tsan_write_range(void* p, std::size_t size) { range(p, size, Mode::write, HEDDLE_CALLER); }

#define HEDDLE_PLAIN(size)                                                                   \
  void __tsan_read##size(void* p) { plain(p, size, Mode::read, HEDDLE_CALLER); }             \
  void __tsan_write##size(void* p) { plain(p, size, Mode::write, HEDDLE_CALLER); }           \
  void __tsan_unaligned_read##size(void* p) { plain(p, size, Mode::read, HEDDLE_CALLER); }   \
  void __tsan_unaligned_write##size(void* p) { plain(p, size, Mode::write, HEDDLE_CALLER); } \
  void __tsan_volatile_read##size(void* p) { marked(p, size, Mode::read, HEDDLE_CALLER); }   \
  void __tsan_volatile_write##size(void* p) { marked(p, size, Mode::write, HEDDLE_CALLER); } \
  void __tsan_unaligned_volatile_read##size(void* p) {                                       \
    marked(p, size, Mode::read, HEDDLE_CALLER);                                              \
  }                                                                                          \
  void __tsan_unaligned_volatile_write##size(void* p) {                                      \
    marked(p, size, Mode::write, HEDDLE_CALLER);                                             \
  }
HEDDLE_PLAIN(1)
HEDDLE_PLAIN(2)
HEDDLE_PLAIN(4)
HEDDLE_PLAIN(8)
HEDDLE_PLAIN(16)
#undef HEDDLE_PLAIN

#define HEDDLE_RMW(bits, type, name, kind)                                   \
  type __tsan_atomic##bits##_##name(volatile type* p, type v, int order) {   \
    return atomic<AtomicKind::kind, type>(p, v, 0, order, 0, HEDDLE_CALLER); \
  }
#define HEDDLE_ATOMIC(bits, type)                                                                 \
  type __tsan_atomic##bits##_load(const volatile type* p, int order) {                            \
    return atomic<AtomicKind::load, type>(const_cast<volatile type*>(p), 0, 0, order, 0,          \
                                          HEDDLE_CALLER);                                         \
  }                                                                                               \
  void __tsan_atomic##bits##_store(volatile type* p, type v, int order) {                         \
    atomic<AtomicKind::store, type>(p, v, 0, order, 0, HEDDLE_CALLER);                            \
  }                                                                                               \
  HEDDLE_RMW(bits, type, exchange, exchange)                                                      \
  HEDDLE_RMW(bits, type, fetch_add, add)                                                          \
  HEDDLE_RMW(bits, type, fetch_sub, subtract)                                                     \
  HEDDLE_RMW(bits, type, fetch_and, bit_and)                                                      \
  HEDDLE_RMW(bits, type, fetch_or, bit_or)                                                        \
  HEDDLE_RMW(bits, type, fetch_xor, bit_xor)                                                      \
  HEDDLE_RMW(bits, type, fetch_nand, bit_nand)                                                    \
  type __tsan_atomic##bits##_compare_exchange_val(volatile type* p, type expected, type desired,  \
                                                  int order, int failure) {                       \
    return atomic<AtomicKind::compare_exchange, type>(p, desired, expected, order, failure,       \
                                                      HEDDLE_CALLER);                             \
  }                                                                                               \
  int __tsan_atomic##bits##_compare_exchange_strong(volatile type* p, type* expected,             \
                                                    type desired, int order, int failure) {       \
    return compare_exchange<type>(p, expected, desired, order, failure, HEDDLE_CALLER);           \
  }                                                                                               \
  int __tsan_atomic##bits##_compare_exchange_weak(volatile type* p, type* expected, type desired, \
                                                  int order, int failure) {                       \
    return compare_exchange<type>(p, expected, desired, order, failure, HEDDLE_CALLER);           \
  }
HEDDLE_ATOMIC(8, std::uint8_t)
HEDDLE_ATOMIC(16, std::uint16_t)
HEDDLE_ATOMIC(32, std::uint32_t)
HEDDLE_ATOMIC(64, std::uint64_t)
#undef HEDDLE_ATOMIC
#undef HEDDLE_RMW

void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void __tsan_atomic_signal_fence(int) {}

// Copies and fills by call: clang renames them, for g++ the linker does (--wrap).
static void note_copy(void* to, const void* from, std::size_t size, void* pc) {
  if (hooks.handler == nullptr || size == 0) return;
  count_work(pc);
  note_write(reinterpret_cast<std::uintptr_t>(to));
  hooks.handler->copy(reinterpret_cast<std::uintptr_t>(to), reinterpret_cast<std::uintptr_t>(from),
                      size, place_of(pc));
}
void* __tsan_memcpy(void* to, const void* from, std::size_t size) {
  note_copy(to, from, size, HEDDLE_CALLER);
  return std::memcpy(to, from, size);
}
void* __tsan_memmove(void* to, const void* from, std::size_t size) {
  note_copy(to, from, size, HEDDLE_CALLER);
  return std::memmove(to, from, size);
}
void* __tsan_memset(void* to, int byte, std::size_t size) {
  range(to, size, Mode::write, HEDDLE_CALLER);
  return std::memset(to, byte, size);
}
void* __wrap_memcpy(void* to, const void* from, std::size_t size) {
  note_copy(to, from, size, HEDDLE_CALLER);
  return std::memcpy(to, from, size);
}
void* __wrap_memmove(void* to, const void* from, std::size_t size) {
  note_copy(to, from, size, HEDDLE_CALLER);
  return std::memmove(to, from, size);
}
void* __wrap_memset(void* to, int byte, std::size_t size) {
  range(to, size, Mode::write, HEDDLE_CALLER);
  return std::memset(to, byte, size);
}
int __wrap_memcmp(const void* a, const void* b, std::size_t size) {
  range(const_cast<void*>(a), size, Mode::read, HEDDLE_CALLER);
  range(const_cast<void*>(b), size, Mode::read, HEDDLE_CALLER);
  return std::memcmp(a, b, size);
}

}  // extern "C"
