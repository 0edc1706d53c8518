// The arena: one range of addresses, the same in every process, that all simulated memory comes
// from. So pointers are equal in every run, and shadow is an index away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sim/core/archive.hpp"
#include "sim/core/ids.hpp"

namespace heddle::sim {

/// Layout, from the base up: a heap for each context (so that what one context allocates never
/// moves what another one gets), then a stack for each context.
namespace arena_layout {
// Between the shadow of AddressSanitizer (ends at 0x10007fff8000) and valgrind's limit
// (0x200000000000); free on Linux x86-64 and arm64.
inline constexpr std::uintptr_t base = 0x1100'0000'0000;
inline constexpr std::size_t heap_bytes = std::size_t{16} << 20;    // of each context
inline constexpr std::size_t stack_bytes = std::size_t{256} << 10;  // of each context
inline constexpr std::size_t heaps_bytes = contexts_max * heap_bytes;
inline constexpr std::size_t stacks_bytes = contexts_max * stack_bytes;
inline constexpr std::size_t total_bytes = heaps_bytes + stacks_bytes;
inline constexpr std::uintptr_t stacks = base + heaps_bytes;

constexpr bool contains(std::uintptr_t address) { return address - base < total_bytes; }
constexpr bool is_heap(std::uintptr_t address) { return address - base < heaps_bytes; }
}  // namespace arena_layout

inline std::uintptr_t address_of(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

/// Memory of one world. There is one in a process at a time, as its addresses are fixed.
class Arena {
 public:
  /// Errors: ends the process with a sentence when the range is taken or the system refuses it.
  Arena();
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Forgets every allocation of the first `owners` contexts. Cost: O(owners).
  void reset(std::uint16_t owners) {
    for (std::uint16_t i = 0; i < owners; ++i) {
      if (dirty_[i] < used_[i]) dirty_[i] = used_[i];
      used_[i] = 0;
    }
  }
  /// All that is not handed out becomes zero. Cost: of as much as was handed out since the last
  /// time.
  void clean() {
    for (std::size_t i = 0; i < contexts_max; ++i) {
      if (dirty_[i] <= used_[i]) continue;
      auto* const heap = reinterpret_cast<std::byte*>(arena_layout::base) + i * heap_bytes;
      std::memset(heap + used_[i], 0, dirty_[i] - used_[i]);
      dirty_[i] = used_[i];
    }
  }

  /// `size` bytes of the owner's heap, aligned to 8, contents left as they were.
  /// @returns 0 when the owner's heap is full.
  std::uintptr_t allocate(ContextId owner, std::size_t size) {
    if (size > arena_layout::heap_bytes) return 0;
    const std::size_t rounded = (size + 7) & ~std::size_t{7};
    std::size_t& used = used_[owner.value];
    if (rounded > arena_layout::heap_bytes - used) return 0;
    const std::uintptr_t address =
        arena_layout::base + owner.value * arena_layout::heap_bytes + used;
    used += rounded;
    return address;
  }

  /// The heaps of the first `owners` contexts, as far as they were handed out.
  void archive(Archive& archive, std::uint16_t owners) {
    archive.elements(used_, owners);
    for (std::uint16_t i = 0; i < owners; ++i)
      archive.elements(
          reinterpret_cast<std::byte*>(arena_layout::base + i * arena_layout::heap_bytes),
          used_[i]);
  }

  /// Has the heap address been handed out since the last reset? @pre is_heap(address).
  bool is_allocated(std::uintptr_t address) const {
    const std::uintptr_t offset = address - arena_layout::base;
    return offset % arena_layout::heap_bytes < used_[offset / arena_layout::heap_bytes];
  }
  std::size_t used(ContextId owner) const { return used_[owner.value]; }

 private:
  static constexpr std::size_t heap_bytes = arena_layout::heap_bytes;

  std::size_t used_[contexts_max] = {};
  std::size_t dirty_[contexts_max] = {};  // up to where it was used since it was clean, at a reset
};

}  // namespace heddle::sim
