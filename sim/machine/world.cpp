#include "sim/machine/world.hpp"

#include "sim/core/call_place.hpp"

namespace heddle::sim {

void Task::join() { Machine::running().join(*context_, HEDDLE_CALL_PLACE); }

void InterruptSource::raise() { Machine::running().raise(*context_); }

void* World::allocate(std::size_t size, const char* label) {
  const std::uintptr_t address =
      machine_.allocate(size, label, Heap::Fill::zero, HEDDLE_CALL_PLACE);
  machine_.heap().last().permanent = true;
  return reinterpret_cast<void*>(address);
}

Context& World::create_task(const char* name, Cpu cpu, Callable body) {
  return machine_.create_task(name, cpu, body, HEDDLE_CALL_PLACE);
}

namespace {
void report(Machine& machine, FindingKind kind, const char* verb, const char* sentence,
            Place place) {
  Finding finding = machine.finding_here(kind, place, verb, no_object);
  finding.detail = sentence;
  machine.report(finding);
}
}  // namespace

void World::expect(bool holds, const char* sentence) {
  if (holds) return;
  report(machine_, FindingKind::invariant, "expects", sentence, HEDDLE_CALL_PLACE);
}

void World::fail(FindingKind kind, const char* sentence) {
  report(machine_, kind, "fails", sentence, HEDDLE_CALL_PLACE);
}

}  // namespace heddle::sim
