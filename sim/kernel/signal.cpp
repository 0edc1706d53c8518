#include "sim/kernel/signal.hpp"

#include "sim/core/call_place.hpp"

namespace heddle::sim::kernel {
namespace {

constexpr std::uint64_t bit(int signal) { return std::uint64_t{1} << (signal - 1); }

ObjectId signals_of(ContextId id) { return ObjectId::of(ObjectClass::signals, id.value); }

/// A step that looks at the running task's signals. @returns those that are pending.
std::uint64_t look(Place place) {
  Machine& machine = Machine::running();
  const ObjectId object = signals_of(machine.self().id);
  machine.step({EventKind::load, Mode::read, 0, object, place});
  return machine.pending_signals(Mode::read);
}

}  // namespace

void send_sig(int signal, Task task) {
  Machine& machine = Machine::running();
  machine.step({EventKind::store, Mode::write, 0, signals_of(task.id()), HEDDLE_CALL_PLACE});
  machine.signal(machine.context(task.id()), signal);
}

void signals_may_land(World& world, Task task, int signal, std::uint16_t times) {
  const Cpu cpu = world.machine().context(task.id()).cpu;
  world.interrupt("signal", cpu, Level::hardirq, times, [task, signal] {
    Machine& machine = Machine::running();
    machine.signal(machine.context(task.id()), signal);
  });
}

bool signal_pending() { return look(HEDDLE_CALL_PLACE) != 0; }
bool fatal_signal_pending() { return ends_sleep(look(HEDDLE_CALL_PLACE), Sleep::killable); }

void flush_signals() {
  Machine& machine = Machine::running();
  Context& self = machine.self();
  machine.step({EventKind::store, Mode::write, 0, signals_of(self.id), HEDDLE_CALL_PLACE});
  self.pending_signals = 0;
}

bool ends_sleep(std::uint64_t pending, Sleep sleep) {
  switch (sleep) {
    case Sleep::interruptible:
      return pending != 0;
    case Sleep::killable:
      return (pending & bit(SIGKILL)) != 0;
    default:
      return false;
  }
}

void wake_all(Machine& machine, ContextSet contexts, Sleep sleeps) {
  for (; !contexts.empty(); contexts.remove(contexts.first()))
    machine.wake_sleeper(machine.context(contexts.first()), sleeps);
}

}  // namespace heddle::sim::kernel
