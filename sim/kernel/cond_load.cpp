#include "sim/kernel/cond_load.hpp"

#include "sim/core/call_place.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

std::uint64_t load_when(const void* object, std::size_t size, bool acquires, Condition condition) {
  return Machine::running().load_when(object, size,
                                      acquires ? MemoryOrder::acquire : MemoryOrder::relaxed,
                                      condition, HEDDLE_CALL_PLACE);
}

}  // namespace heddle::sim::kernel
