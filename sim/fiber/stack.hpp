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
  Stack at(std::size_t index) const;
  std::size_t count() const { return count_; }
  /// Is `address` inside a guard page, as after an overflow?
  bool is_guard(std::uintptr_t address) const;

 private:
  std::uintptr_t begin_ = 0;
  std::size_t stride_ = 0;
  std::size_t count_ = 0;
};

}  // namespace heddle::sim
