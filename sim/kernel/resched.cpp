#include "sim/kernel/resched.hpp"

#include "sim/core/call_place.hpp"
#include "sim/kernel/preempt.hpp"

namespace heddle::sim::kernel {
namespace {

/// The scheduler has the running task, and puts it on whichever CPU it likes.
void choose_cpu(Machine& machine, Place place) {
  const std::uint16_t cpus = machine.config().cpus;
  const Context& self = machine.self();
  if (self.migrations_left == 0 || self.is_atomic() || cpus == 1) return;
  const std::uint32_t away = machine.choose(cpus);
  if (away != 0)
    machine.migrate(Cpu{static_cast<std::uint16_t>((self.cpu.value + away) % cpus)}, place);
}

}  // namespace

void may_be_rescheduled(World& world, Task task, Rescheduling budget) {
  Machine& machine = world.machine();
  Context& context = machine.context(task.id());
  context.reschedules_left = budget.times;
  machine.let_migrate(context, budget.migrations);
}

bool need_resched() {
  Machine& machine = Machine::running();
  Context& self = machine.self();
  if (self.needs_resched || self.reschedules_left == 0) return self.needs_resched;
  self.needs_resched = machine.choose(2) != 0;
  if (self.needs_resched) --self.reschedules_left;
  return self.needs_resched;
}

void cond_resched() {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  machine.emit({.kind = EventKind::might_sleep, .place = place});
  if (machine.config().preemption != Preemption::full) machine.yield(place);
  Context& self = machine.self();
  if (!self.needs_resched) return;
  self.needs_resched = false;
  choose_cpu(machine, place);
}

}  // namespace heddle::sim::kernel
