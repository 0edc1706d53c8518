// What the vocabulary keeps of an execution beside the memory of the code under test: which part
// lies under which number of Machine::kernel_part().
#pragma once

#include <cstddef>
#include <new>

#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

enum class Part : std::size_t { rcu, user_memory };

/// The part, made when it is first asked for: by the world's set-up, so that it lies where it lies
/// in every execution. It lives as long as the execution, in simulated memory.
template <class T>
T& part(Machine& machine, Part number) {
  void*& stored = machine.kernel_part(static_cast<std::size_t>(number));
  if (stored == nullptr) {
    HEDDLE_CHECK(machine.runs_alone(), "a part of the kernel is set up before tasks run");
    stored = new (machine.allocate_raw(sizeof(T))) T();
  }
  return *static_cast<T*>(stored);
}
/// The same, or nullptr if nobody has asked for it.
template <class T>
T* part_if_used(Machine& machine, Part number) {
  return static_cast<T*>(machine.kernel_part(static_cast<std::size_t>(number)));
}

}  // namespace heddle::sim::kernel
