#include "sim/machine/world.hpp"

namespace heddle::sim {
namespace {
Place caller(void* pc) { return Place{reinterpret_cast<std::uintptr_t>(pc)}; }
}  // namespace

void Task::join() { Machine::running().join(*context_, caller(__builtin_return_address(0))); }

void InterruptSource::raise() { Machine::running().raise(*context_); }

void* World::allocate(std::size_t size, const char* label) {
  const std::uintptr_t address =
      machine_.allocate(size, label, Heap::Fill::zero, caller(__builtin_return_address(0)));
  machine_.heap().last().permanent = true;
  return reinterpret_cast<void*>(address);
}

Context& World::create_task(const char* name, Cpu cpu, Callable body) {
  return machine_.create_task(name, cpu, body, caller(__builtin_return_address(0)));
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
  report(machine_, FindingKind::invariant, "expects", sentence,
         caller(__builtin_return_address(0)));
}

void World::fail(FindingKind kind, const char* sentence) {
  report(machine_, kind, "fails", sentence, caller(__builtin_return_address(0)));
}

}  // namespace heddle::sim
