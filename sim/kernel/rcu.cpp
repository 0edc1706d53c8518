#include "sim/kernel/rcu.hpp"

#include <array>
#include <cstdint>

#include "sim/core/check.hpp"
#include "sim/kernel/parts.hpp"
#include "sim/kernel/place.hpp"
#include "sim/kernel/sleep.hpp"

namespace heddle::sim::kernel {
namespace {

/// Somebody who waits for readers.
struct Waiter {
  ContextId context;
  ContextSet readers;  ///< those that are still in the sections that it has met
  Waiter* next = nullptr;
};

struct Rcu {
  Cpu callbacks_cpu;
  Waiter* waiters = nullptr;
  std::array<std::uint64_t, contexts_max> sections{};  ///< objects only: that context's sections
};

Rcu& rcu_of(Machine& machine) {
  auto* rcu = part_if_used<Rcu>(machine, Part::rcu);
  HEDDLE_CHECK(rcu != nullptr, "a world whose code uses RCU calls rcu_init()");
  return *rcu;
}

ObjectId sections_of(const Rcu& rcu, ContextId id) {
  return ObjectId::memory(reinterpret_cast<std::uintptr_t>(&rcu.sections[id.value]));
}
ObjectId object_of(const Waiter& waiter) {
  return ObjectId::memory(reinterpret_cast<std::uintptr_t>(&waiter));
}

/// A section begins or ends: orders what is done in it with grace periods before and after.
void tell(Machine& machine, const Rcu& rcu, ContextId reader, Place place) {
  machine.emit({.kind = EventKind::exchange,
                .sync = Sync::acquire_release,
                .object = sections_of(rcu, reader),
                .value = machine.context(reader).read_sections,
                .place = place,
                .text = "RCU readers"});
}

void step_on_section(Machine& machine, const Rcu& rcu, Place place) {
  const ObjectId object = sections_of(rcu, machine.self().id);
  machine.step({EventKind::exchange, Mode::write, 8, object, place});
}

/// A step that looks for readers. @returns those that are in sections.
ContextSet look_for_readers(Machine& machine, const Rcu& rcu, Place place) {
  const ContextId self = machine.self().id;
  machine.step({EventKind::load, Mode::write, 8, sections_of(rcu, self), place});
  ContextSet readers;
  for (std::uint16_t i = 0; i < machine.context_count(); ++i) {
    const ContextId id{i};
    if (machine.is_observed(EventKind::exchange)) tell(machine, rcu, id, place);
    if (id == self) continue;
    machine.uses(sections_of(rcu, id), Mode::write, 8);
    if (machine.context(id).read_sections != 0) readers.add(id);
  }
  return readers;
}

void wait_for_readers(Machine& machine, Rcu& rcu, Place place) {
  const ContextSet readers = look_for_readers(machine, rcu, place);
  if (readers.empty()) return;
  auto& waiter =
      *new (machine.allocate_raw(sizeof(Waiter))) Waiter{machine.self().id, readers, rcu.waiters};
  rcu.waiters = &waiter;
  machine.prepare_to_sleep(Sleep::uninterruptible, object_of(waiter), readers.first());
  machine.sleep(place);
  machine.stay_awake();
  for (ContextSet rest = readers; !rest.empty(); rest.remove(rest.first()))
    machine.emit({.kind = EventKind::load,
                  .mode = Mode::read,
                  .sync = Sync::acquire,
                  .object = sections_of(rcu, rest.first()),
                  .place = place,
                  .text = "RCU readers"});
}

/// The running step ends the reader's section: whoever waits for nobody else may go on.
void let_waiters_go(Machine& machine, Rcu& rcu, ContextId reader) {
  for (Waiter** link = &rcu.waiters; *link != nullptr;) {
    Waiter& waiter = **link;
    if (waiter.readers.contains(reader)) {
      machine.uses(object_of(waiter), Mode::write, sizeof(Waiter));
      waiter.readers.remove(reader);
    }
    if (!waiter.readers.empty()) {
      link = &waiter.next;
      continue;
    }
    *link = waiter.next;
    machine.wake_sleeper(machine.context(waiter.context), Sleep::uninterruptible);
  }
}

void run_callback(void* stored) {
  auto* head = static_cast<rcu_head*>(stored);
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  wait_for_readers(machine, rcu_of(machine), place);
  machine.mask(Mask::softirq, place);
  head->func(head);
  machine.unmask(Mask::softirq, place);
}

}  // namespace

void rcu_init(World& world, Cpu callbacks) {
  part<Rcu>(world.machine(), Part::rcu).callbacks_cpu = callbacks;
}

void rcu_read_lock() {
  Machine& machine = Machine::running();
  Context& self = machine.self();
  if (self.read_sections == 0) {
    const Rcu& rcu = rcu_of(machine);
    const Place place = HEDDLE_CALL_PLACE;
    step_on_section(machine, rcu, place);
    tell(machine, rcu, self.id, place);
  }
  ++self.read_sections;
}

void rcu_read_unlock() {
  Machine& machine = Machine::running();
  Context& self = machine.self();
  const Place place = HEDDLE_CALL_PLACE;
  if (self.read_sections == 0) {
    Finding finding = machine.finding_here(FindingKind::lock_misuse, place, "leaves", no_object);
    finding.detail = "an RCU read section ends that never began";
    machine.report(finding);
    return;
  }
  if (self.read_sections == 1) {
    Rcu& rcu = rcu_of(machine);
    step_on_section(machine, rcu, place);
    tell(machine, rcu, self.id, place);
    let_waiters_go(machine, rcu, self.id);
  }
  --self.read_sections;
}

bool rcu_read_lock_held() { return Machine::running().self().read_sections != 0; }

void call_rcu(rcu_head* head, void (*func)(rcu_head* head)) {
  Machine& machine = Machine::running();
  Rcu& rcu = rcu_of(machine);
  const Place place = HEDDLE_CALL_PLACE;
  machine.touch(reinterpret_cast<std::uintptr_t>(head), sizeof *head, Mode::write, place, false);
  head->func = func;
  if (machine.runs_alone())
    func(head);
  else
    machine.create_task("rcu callback", rcu.callbacks_cpu, {&run_callback, head}, place);
}

void synchronize_rcu() {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  may_sleep(machine, event_can_sleep, place);
  if (!machine.runs_alone()) wait_for_readers(machine, rcu_of(machine), place);
}

}  // namespace heddle::sim::kernel
