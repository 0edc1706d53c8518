#include "sim/kernel/local.hpp"

#include "sim/core/call_place.hpp"

namespace heddle::sim::kernel {

void* enter_local(std::size_t size, const char* label) {
  Machine& machine = Machine::running();
  const std::uintptr_t address =
      machine.allocate(size, label, Heap::Fill::poison, HEDDLE_CALL_PLACE);
  machine.heap().last().permanent = true;  // nobody owes that it is freed
  return reinterpret_cast<void*>(address);
}

void leave_local(const void* local) {
  Machine& machine = Machine::running();
  Block* block = machine.heap().starting_at(reinterpret_cast<std::uintptr_t>(local));
  block->freed_by = machine.self().id;
  block->freed_at = HEDDLE_CALL_PLACE;
  block->freed_step = machine.steps();
  machine.heap().free(*block);
}

}  // namespace heddle::sim::kernel
