#include "sim/kernel/percpu.hpp"

#include "sim/core/call_place.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

void* alloc_percpu(std::size_t size, const char* label) {
  Machine& machine = Machine::running();
  machine.require(size <= percpu_unit_bytes, "what each CPU has a copy of is small enough",
                  HEDDLE_CALL_PLACE);
  const std::size_t cpus = machine.config().cpus;
  void* data =
      allocate_at(cpus * percpu_unit_bytes, label, GFP_KERNEL | __GFP_ZERO, HEDDLE_CALL_PLACE);
  if (data == nullptr) return nullptr;
  const auto address = reinterpret_cast<std::uintptr_t>(data);
  for (std::size_t i = 0; i < cpus; ++i)
    machine.shadow().set(address + i * percpu_unit_bytes + size, percpu_unit_bytes - size,
                         ByteState::unallocated);
  return data;
}

void free_percpu(const void* data) {
  if (data != nullptr) free_at(data, HEDDLE_CALL_PLACE);
}

}  // namespace heddle::sim::kernel
