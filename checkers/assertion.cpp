#include "checkers/assertion.hpp"

namespace heddle::checkers {

void AssertionChecker::event(sim::Machine& machine, const sim::Event& event) {
  if ((event.flags & sim::event_expected) != 0) return;
  sim::Finding finding = machine.finding_here(sim::FindingKind::kernel_assertion, event.place,
                                              "asserts", event.object);
  finding.detail = event.text;
  machine.report(finding);
}

}  // namespace heddle::checkers
