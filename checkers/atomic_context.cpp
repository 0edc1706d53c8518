#include "checkers/atomic_context.hpp"

namespace heddle::checkers {

using sim::Context;
using sim::Event;
using sim::EventKind;
using sim::Finding;
using sim::FindingKind;
using sim::Level;
using sim::Machine;

namespace {

/// Why the context must not sleep. @pre it is atomic.
const char* reason(const Context& context) {
  switch (context.level) {
    case Level::softirq:
      return "a softirq handler must not sleep";
    case Level::hardirq:
      return "an interrupt handler must not sleep";
    case Level::nmi:
      return "an nmi handler must not sleep";
    case Level::task:
      break;
  }
  if (context.irqs_off) return "interrupts are off";
  if (context.softirq_count != 0) return "softirqs are off";
  if (context.preempt_count != 0) return "preemption is off";
  return "it is in an RCU read section";
}

const char* verb(EventKind kind) {
  switch (kind) {
    case EventKind::join:
    case EventKind::block:
      return "sleeps";
    case EventKind::allocate:
      return "allocates and may sleep";
    case EventKind::lock:
      return "takes a sleeping lock";
    default:
      return "may sleep";
  }
}

}  // namespace

sim::EventMask AtomicContextChecker::events() const {
  return {EventKind::might_sleep, EventKind::block, EventKind::join, EventKind::allocate,
          EventKind::lock};
}

void AtomicContextChecker::event(Machine& machine, const Event& event) {
  if ((event.kind == EventKind::allocate || event.kind == EventKind::lock) &&
      (event.flags & sim::event_can_sleep) == 0)
    return;
  const Context& context = machine.context(event.context);
  if (!context.is_atomic() && context.read_sections == 0) return;
  // Faults of the world, such as a reboot, are no code that could sleep.
  if (context.cpu.value >= machine.config().cpus) return;
  Finding finding =
      machine.finding_here(FindingKind::wrong_context, event.place, verb(event.kind), event.object);
  finding.detail = reason(context);
  machine.report(finding);
}

}  // namespace heddle::checkers
