#include "sim/kernel/cond_load.hpp"

#include "sim/core/call_place.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

std::uint64_t load_when(const void* object, std::size_t size, bool acquires, Condition condition) {
  AtomicAccess load;
  load.order = acquires ? MemoryOrder::acquire : MemoryOrder::relaxed;
  load.size = static_cast<std::uint8_t>(size);
  load.address = reinterpret_cast<std::uintptr_t>(object);
  load.place = HEDDLE_CALL_PLACE;
  return Machine::running().load_when(load, condition);
}

}  // namespace heddle::sim::kernel
