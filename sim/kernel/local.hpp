// A variable of a function whose first value is undefined, watched as the heap is: compilers tell
// nobody of what they do on the stack. To use its value before it is set is a finding, and so is to
// use it after the function has returned.
#pragma once

#include <cstddef>
#include <type_traits>

#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

// For Local.
void* enter_local(std::size_t size, const char* label);
void leave_local(const void* local);

/// Lives in simulated memory as long as the C++ object that stands for it. No allocation that could
/// fail, and no step.
template <class T>
class Local {
  static_assert(std::is_trivially_copyable_v<T>, "nobody constructs it");

 public:
  /// `label` lives as long as the execution.
  explicit Local(const char* label) : value_(static_cast<T*>(enter_local(sizeof(T), label))) {}
  ~Local() { leave_local(value_); }
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;

  T& operator*() { return *value_; }
  T* operator->() { return value_; }
  T* get() { return value_; }

 private:
  T* value_;
};

}  // namespace heddle::sim::kernel
