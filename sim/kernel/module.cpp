#include "sim/kernel/module.hpp"

#include <cstring>

#include "sim/kernel/place.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

module_image* module_image::load(const char* name, const void* constants, std::size_t bytes) {
  Machine& machine = Machine::running();
  const std::uintptr_t address = machine.allocate(bytes, name, Heap::Fill::zero, HEDDLE_CALL_PLACE);
  std::memcpy(reinterpret_cast<void*>(address), constants, bytes);
  return reinterpret_cast<module_image*>(address);
}

void module_image::unload(module_image* image) { kfree(image); }

}  // namespace heddle::sim::kernel
