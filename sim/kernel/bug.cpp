#include "sim/kernel/bug.hpp"

#include "sim/core/call_place.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// @returns whether the report was expected.
bool assertion(const char* text, Place place) {
  Machine& machine = Machine::running();
  const bool expected = machine.self().assertion_expected;
  machine.self().assertion_expected = false;
  machine.emit({.kind = EventKind::assertion,
                .flags = expected ? std::uint8_t{event_expected} : std::uint8_t{0},
                .place = place,
                .text = text});
  return expected;
}

}  // namespace

void bug(const char* text, Place place) {
  if (assertion(text, place)) Machine::running().park();
  Machine::running().stop();
}

void panic(const char* text) {
  assertion(text, HEDDLE_CALL_PLACE);
  Machine::running().stop();
}

void lbug(const char* text, LbugMode mode) {
  const Place place = HEDDLE_CALL_PLACE;
  Machine& machine = Machine::running();
  switch (mode) {
    case LbugMode::panic:
      bug(text, place);
    case LbugMode::park:
      assertion(text, place);
      machine.park();
    case LbugMode::ignore:
      machine.self().assertion_expected = false;
  }
}

void BUG_ON(bool failed, const char* text) {
  if (failed) bug(text, HEDDLE_CALL_PLACE);
}

bool WARN_ON(bool failed, const char* text) {
  if (failed) assertion(text, HEDDLE_CALL_PLACE);
  return failed;
}

void expect_assertion() { Machine::running().self().assertion_expected = true; }

bool still_expects_assertion() {
  Context& self = Machine::running().self();
  const bool missing = self.assertion_expected;
  self.assertion_expected = false;
  return missing;
}

}  // namespace heddle::sim::kernel
