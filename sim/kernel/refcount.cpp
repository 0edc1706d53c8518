#include "sim/kernel/refcount.hpp"

#include "sim/core/call_place.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {

void report_refcount(const char* text) {
  Machine& machine = Machine::running();
  Finding finding =
      machine.finding_here(FindingKind::refcount, HEDDLE_CALL_PLACE, "counts", no_object);
  finding.detail = text;
  machine.report(finding);
}

}  // namespace heddle::sim::kernel
