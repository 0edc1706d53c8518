#include "sim/kernel/kthread.hpp"

#include "sim/core/call_place.hpp"

namespace heddle::sim::kernel {
namespace {

void run(void* argument) {
  const Callable body = static_cast<kthread_control*>(argument)->body;
  body.function(body.argument);
}

/// A relaxed atomic access to the flag. @returns the value before it.
template <AtomicKind kind>
auto access(kthread_control& control, decltype(control.should_stop) operand, Place place) {
  return step_atomically<kind>(Machine::running(), &control.should_stop,
                               {.operand = operand, .order = MemoryOrder::relaxed, .place = place});
}

}  // namespace

kthread start_kthread(const char* name, Cpu cpu, Callable body, Place place) {
  Machine& machine = Machine::running();
  auto* control = new (machine.allocate_raw(sizeof(kthread_control))) kthread_control{0, body};
  machine.names().add(reinterpret_cast<std::uintptr_t>(&control->should_stop),
                      sizeof control->should_stop, "should_stop");
  return {machine.create_task(name, cpu, {&run, control}, place), *control};
}

void kthread_stop(kthread thread) {
  const Place place = HEDDLE_CALL_PLACE;
  access<AtomicKind::store>(thread.control(), 1, place);
  Machine& machine = Machine::running();
  machine.join(machine.context(thread.id()), place);
}

bool kthread_should_stop() {
  Machine& machine = Machine::running();
  const Context& self = machine.self();
  machine.require(self.body == &run, "a kernel thread asks whether it should stop",
                  HEDDLE_CALL_PLACE);
  return access<AtomicKind::load>(*static_cast<kthread_control*>(self.argument), 0,
                                  HEDDLE_CALL_PLACE) != 0;
}

}  // namespace heddle::sim::kernel
