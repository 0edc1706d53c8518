// Stacks for fibers, cut from one range of memory, each with a guard page below.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle::sim {

/// A stack grows down from `top`; `size` bytes are usable.
struct Stack {
  void* top = nullptr;
  std::size_t size = 0;
};

/// Stack i always lies at the same place of the range, so that addresses of variables on it repeat.
class StackPool {
 public:
  StackPool() = default;
  /// Cuts [begin, begin + count * stride) into `count` stacks of `stride` bytes, the lowest page of
  /// each without access. @pre begin and stride are multiples of the page size.
  /// Errors: ends the process with a sentence when the system refuses the protection.
  StackPool(std::uintptr_t begin, std::size_t stride, std::size_t count);

  /// @pre index < count().
  Stack at(std::size_t index) const {
    const std::size_t colour = index % colours * colour_bytes;
    return Stack{reinterpret_cast<void*>(begin_ + (index + 1) * stride_ - colour),
                 stride_ - page_bytes - colour};
  }
  std::size_t count() const { return count_; }
  /// Is `address` inside a guard page, as after an overflow?
  bool is_guard(std::uintptr_t address) const;

 private:
  static constexpr std::size_t page_bytes = 4096;
  // Equal offsets from a page's start share the sets of the first-level cache: shift tops apart.
  static constexpr std::size_t colour_bytes = 320;
  static constexpr std::size_t colours = 8;
  static_assert(colour_bytes % 64 == 0, "a stack's top stays aligned to a cache line");

  std::uintptr_t begin_ = 0;
  std::size_t stride_ = 0;
  std::size_t count_ = 0;
};

}  // namespace heddle::sim
