#include "sim/kernel/rcu.hpp"

#include <array>
#include <cstdint>

#include "sim/core/call_place.hpp"
#include "sim/kernel/parts.hpp"
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
  ContextSet readers;         ///< who was ever in a section
  std::uint64_t periods = 0;  ///< an object only: the beginnings of grace periods
  std::array<std::uint64_t, contexts_max> sections{};  ///< objects only: that context's sections
};

Rcu& rcu_of(Machine& machine, Place place) {
  auto* rcu = part_if_used<Rcu>(machine, Part::rcu);
  if (rcu == nullptr) machine.misused("a world whose code uses RCU calls rcu_init()", place);
  return *rcu;
}

ObjectId sections_of(const Rcu& rcu, ContextId id) {
  return ObjectId::memory(reinterpret_cast<std::uintptr_t>(&rcu.sections[id.value]));
}
ObjectId object_of(const Waiter& waiter) {
  return ObjectId::memory(reinterpret_cast<std::uintptr_t>(&waiter));
}

/// Orders what is done in sections with what is done before and after grace periods.
void tell(Machine& machine, EventKind kind, Sync sync, ObjectId object, Place place) {
  machine.emit({.kind = kind,
                .mode = kind == EventKind::load ? Mode::read : Mode::write,
                .sync = sync,
                .object = object,
                .place = place,
                .text = "RCU"});
}

/// A step of the running context on its own sections.
void step_on_section(Machine& machine, const Rcu& rcu, Place place) {
  const ObjectId object = sections_of(rcu, machine.self().id);
  machine.step({EventKind::exchange, Mode::write, 8, object, place});
}

/// A step that looks for readers. @returns those that are in sections.
ContextSet look_for_readers(Machine& machine, const Rcu& rcu, Place place) {
  const ContextId self = machine.self().id;
  const auto periods = ObjectId::memory(reinterpret_cast<std::uintptr_t>(&rcu.periods));
  machine.step({EventKind::exchange, Mode::read, 8, sections_of(rcu, self), place});
  tell(machine, EventKind::exchange, Sync::release, periods, place);
  ContextSet readers;
  for (std::uint16_t i = 0; i < machine.context_count(); ++i) {
    const ContextId id{i};
    if (id == self) continue;
    machine.uses(sections_of(rcu, id), Mode::read, 8);
    if (machine.context(id).read_sections != 0)
      readers.add(id);
    else if (rcu.readers.contains(id))
      tell(machine, EventKind::load, Sync::acquire, sections_of(rcu, id), place);
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
    tell(machine, EventKind::load, Sync::acquire, sections_of(rcu, rest.first()), place);
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
  const Place place = machine.self().created_at;
  wait_for_readers(machine, rcu_of(machine, place), place);
  machine.mask(Mask::softirq, place);
  head->func(head);
  machine.unmask(Mask::softirq, place);
}

}  // namespace

void rcu_init(World& world, Cpu callbacks) {
  auto& rcu = part<Rcu>(world.machine(), Part::rcu);
  rcu.callbacks_cpu = callbacks;
  Names& names = world.machine().names();
  names.add(reinterpret_cast<std::uintptr_t>(&rcu.periods), sizeof rcu.periods, "RCU");
  names.add(reinterpret_cast<std::uintptr_t>(&rcu.sections), sizeof rcu.sections, "RCU readers");
}

void rcu_read_lock() {
  Machine& machine = Machine::running();
  Context& self = machine.self();
  if (self.read_sections == 0) {
    const Place place = HEDDLE_CALL_PLACE;
    Rcu& rcu = rcu_of(machine, place);
    step_on_section(machine, rcu, place);
    rcu.readers.add(self.id);
    const auto periods = ObjectId::memory(reinterpret_cast<std::uintptr_t>(&rcu.periods));
    tell(machine, EventKind::exchange, Sync::acquire, periods, place);
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
    Rcu& rcu = rcu_of(machine, place);
    step_on_section(machine, rcu, place);
    tell(machine, EventKind::exchange, Sync::release, sections_of(rcu, self.id), place);
    let_waiters_go(machine, rcu, self.id);
  }
  --self.read_sections;
}

bool rcu_read_lock_held() { return Machine::running().self().read_sections != 0; }

void call_rcu(rcu_head* head, void (*func)(rcu_head* head)) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  Rcu& rcu = rcu_of(machine, place);
  machine.touch(
      {.address = address_of(head), .size = sizeof *head, .mode = Mode::write, .place = place});
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
  if (!machine.runs_alone()) wait_for_readers(machine, rcu_of(machine, place), place);
}

}  // namespace heddle::sim::kernel
