#include "sim/kernel/module.hpp"

#include <cstring>

#include "sim/core/call_place.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

namespace {

/// A step in which a module's state and users are looked at and changed.
Machine& step_on(kernel_module* module, Place place) {
  Machine& machine = Machine::running();
  const auto address = reinterpret_cast<std::uintptr_t>(module);
  const ObjectId object = ObjectId::memory(address);
  machine.step({EventKind::exchange, Mode::write, sizeof *module, object, place});
  machine.touch({.address = address,
                 .size = sizeof *module,
                 .mode = Mode::write,
                 .atomic = true,
                 .place = place});
  machine.emit({.kind = EventKind::exchange,
                .mode = Mode::write,
                .sync = Sync::acquire_release,
                .size = sizeof *module,
                .object = object,
                .place = place});
  return machine;
}

kernel_module::State state_of(const kernel_module& module) {
  return static_cast<kernel_module::State>(module.state_and_users % kernel_module::user);
}
void set_state(kernel_module& module, kernel_module::State state) {
  module.state_and_users += state - state_of(module);
}

}  // namespace

bool try_module_get(kernel_module* module) {
  step_on(module, HEDDLE_CALL_PLACE);
  if (state_of(*module) == kernel_module::going) return false;
  module->state_and_users += kernel_module::user;
  return true;
}

void module_put(kernel_module* module) {
  const Place place = HEDDLE_CALL_PLACE;
  Machine& machine = step_on(module, place);
  if (module->state_and_users >= kernel_module::user) {
    module->state_and_users -= kernel_module::user;
    return;
  }
  Finding finding =
      machine.finding_here(FindingKind::refcount, place, "puts",
                           ObjectId::memory(reinterpret_cast<std::uintptr_t>(module)));
  finding.detail = "nobody has a reference to the module";
  machine.report(finding);
}

void module_is_live(kernel_module* module) {
  step_on(module, HEDDLE_CALL_PLACE);
  set_state(*module, kernel_module::live);
}

int try_stop_module(kernel_module* module, bool forced) {
  step_on(module, HEDDLE_CALL_PLACE);
  if (module->state_and_users >= kernel_module::user && !forced) return -EBUSY;
  set_state(*module, kernel_module::going);
  return 0;
}

module_image* module_image::load(const char* name, const void* constants, std::size_t bytes) {
  Machine& machine = Machine::running();
  const std::uintptr_t address = machine.allocate(bytes, name, Heap::Fill::zero, HEDDLE_CALL_PLACE);
  std::memcpy(reinterpret_cast<void*>(address), constants, bytes);
  return reinterpret_cast<module_image*>(address);
}

void module_image::unload(module_image* image) { kfree(image); }

}  // namespace heddle::sim::kernel
