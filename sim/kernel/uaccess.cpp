#include "sim/kernel/uaccess.hpp"

#include <cstdint>
#include <cstring>

#include "sim/kernel/place.hpp"
#include "sim/kernel/sleep.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

void copy(void* to, const void* from, std::size_t size, Place place) {
  Machine& machine = Machine::running();
  may_sleep(machine, event_can_sleep, place);
  if (size == 0) return;
  machine.copy(reinterpret_cast<std::uintptr_t>(to), reinterpret_cast<std::uintptr_t>(from), size,
               place);
  std::memcpy(to, from, size);
}

}  // namespace

std::size_t copy_to_user(void* to, const void* from, std::size_t size) {
  copy(to, from, size, HEDDLE_CALL_PLACE);
  return 0;
}

std::size_t copy_from_user(void* to, const void* from, std::size_t size) {
  copy(to, from, size, HEDDLE_CALL_PLACE);
  return 0;
}

}  // namespace heddle::sim::kernel
