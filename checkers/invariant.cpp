#include "checkers/invariant.hpp"

namespace heddle::checkers {

void InvariantChecker::event(sim::Machine& machine, const sim::Event& event) {
  for (const sim::Invariant& invariant : machine.invariants()) {
    if (invariant.lock != event.object || invariant.holds(invariant.argument)) continue;
    sim::Finding finding =
        machine.finding_here(sim::FindingKind::invariant, event.place, "unlocks", event.object);
    finding.detail = invariant.name;
    machine.report(finding);
  }
}

}  // namespace heddle::checkers
