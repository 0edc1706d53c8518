#include "sim/machine/host.hpp"

#include "sim/core/call_place.hpp"

namespace heddle::sim {
namespace {

struct Fate {
  HostId host;
  AfterCrash after;
  Context* reboot;
};

void go_down(void* argument) {
  const Fate& fate = *static_cast<const Fate*>(argument);
  Machine& machine = Machine::running();
  const bool was_up = machine.is_up(fate.host);
  machine.crash(fate.host, {});
  if (!was_up || fate.reboot == nullptr) return;
  // Noted with each of the answers, so that one that sleeps stands for both.
  machine.uses(ObjectId::of(ObjectClass::raised, fate.reboot->id.value), Mode::write);
  const std::uint32_t ways = fate.after == AfterCrash::either ? 2 : 1;
  if (machine.choose_fault(ways) == 0) machine.raise(*fate.reboot);
}

void come_up(void* argument) {
  Machine::running().reboot(static_cast<const Fate*>(argument)->host, {});
}

}  // namespace

void Host::drifts(std::int32_t ppm) {
  Machine& machine = world_->machine();
  const std::uint32_t way = machine.choose_fault(3);
  machine.set_drift(id_, way == 0 ? 0 : way == 1 ? -ppm : ppm);
}

void Host::crash() {
  const Place place = HEDDLE_CALL_PLACE;
  Machine& machine = world_->machine();
  const Machine::EngineScope engine(machine);
  machine.step(
      {EventKind::store, Mode::write, 0, ObjectId::of(ObjectClass::host, id_.value), place});
  machine.crash(id_, place);
}

InterruptSource Host::may_crash(std::uint16_t times, AfterCrash after) {
  Machine& machine = world_->machine();
  auto* fate = new (machine.allocate_raw(sizeof(Fate))) Fate{id_, after, nullptr};
  if (after != AfterCrash::stays_down)
    fate->reboot = &machine.create_fault("reboot", Strikes::host, 0, {&come_up, fate});
  return InterruptSource(machine.create_fault("crash", Strikes::host, times, {&go_down, fate}));
}

}  // namespace heddle::sim
