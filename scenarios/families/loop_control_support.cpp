#include "scenarios/families/loop_control_support.hpp"

#include <span>

#include "checkers/linearizability.hpp"
#include "sim/core/call_place.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::scenarios::loop_control {

using sim::Machine;

namespace {

Parameters with(Parameters parameters, DefectBits defects, Listener& listener) {
  parameters.defects = Defects(defects);
  parameters.listener = &listener;
  return parameters;
}

/// What the call did, as far as its caller knows.
const char* verb_of(const Operation& operation, bool has_returned) {
  using K = Operation::Kind;
  const bool done = operation.result >= 0;
  const auto pick = [&](const char* pending, const char* yes, const char* no) {
    return !has_returned ? pending : done ? yes : no;
  };
  switch (operation.kind) {
    case K::add:
      return pick("calls ADD and waits", "has success with ADD", "is refused by ADD");
    case K::remove:
      return pick("calls REMOVE and waits", "has success with REMOVE", "is refused by REMOVE");
    case K::get_free:
      return pick("calls GET_FREE and waits", "gets a number from GET_FREE",
                  "is refused by GET_FREE");
    case K::open:
      return pick("opens and waits", "opens the device", "fails to open the device");
    case K::close:
      return pick("closes and waits", "has closed the device", "fails to close the device");
    case K::set_fd:
      return pick("calls SET_FD and waits", "has success with SET_FD", "is refused by SET_FD");
    case K::clr_fd:
      return pick("calls CLR_FD and waits", "has success with CLR_FD", "is refused by CLR_FD");
  }
  return "";
}

}  // namespace

Subject::Subject(World& world, DefectBits defects, Parameters parameters)
    : world_(world),
      driver_(world.create<Driver>(with(parameters, defects, *this))),
      file_(world.create<File>()) {
  kernel::refcount_set(&file_.refs, 1);
  world.name(driver_, "loop");
  world.name(driver_.global(), "loop_devices_mutex");
  world.name(driver_.index(), "loop_index_idr");
  world.name(driver_.block().map_lock(), "map_lock");
  world.name(driver_.module(), "loop_module");
  world.name(file_, "file");
  world.name(lingering_, "lingering");
}

void Subject::load(int devices) {
  world_.expect(driver_.init() == 0, "the module loads");
  for (int i = 0; i < devices; ++i) {
    world_.expect(driver_.control(LOOP_CTL_ADD, static_cast<unsigned long>(i)) == i,
                  "a device is created");
    spec_.start[static_cast<std::size_t>(i)].present = true;
  }
}

void Subject::finish_at_end() {
  world_.finally([this] {
    check_history();
    check_balance();
    world_.expect(driver_.unload() == 0, "an unused module can be unloaded");
  });
}

void Subject::showing() {
  if (reader_lingers_)
    kernel::wait_event(&lingering_, [this] { return atomic_read(&go_on_) != 0; });
}

void Subject::let_reader_go_on() {
  atomic_set(&go_on_, 1);
  kernel::wake_up(&lingering_);
}

void Subject::open_failed(bool other) {
  world_.expect(!other, "an open does not fail where another device has the number by now");
}

template <class Perform>
int Subject::record(Operation operation, sim::Place place, Perform&& perform) {
  std::size_t index = 0;
  {
    Machine& machine = Machine::running();
    const Machine::EngineScope engine(machine);
    HEDDLE_CHECK(call_count_ < calls_max, "a scenario records at most 320 calls");
    index = call_count_++;
    calls_[index] = {operation, now_++, checkers::never};
    origins_[index] = {machine.self().id, machine.steps(), place};
  }
  operation.result = perform();
  const Machine::EngineScope engine(Machine::running());
  calls_[index].operation = operation;
  calls_[index].returned = now_++;
  return operation.result;
}

int Subject::add(int number) {
  return record({Operation::Kind::add, number, false, 0}, HEDDLE_CALL_PLACE,
                [&] { return driver_.control(LOOP_CTL_ADD, static_cast<unsigned long>(number)); });
}
int Subject::remove(int number) {
  return record({Operation::Kind::remove, number, false, 0}, HEDDLE_CALL_PLACE, [&] {
    return driver_.control(LOOP_CTL_REMOVE, static_cast<unsigned long>(number));
  });
}
int Subject::get_free() {
  return record({Operation::Kind::get_free, 0, false, 0}, HEDDLE_CALL_PLACE,
                [&] { return driver_.control(LOOP_CTL_GET_FREE); });
}
int Subject::open(int number) {
  return record({Operation::Kind::open, number, false, 0}, HEDDLE_CALL_PLACE,
                [&] { return block().open(number); });
}
int Subject::close(int number) {
  return record({Operation::Kind::close, number, false, 0}, HEDDLE_CALL_PLACE, [&] {
    block().close(number);
    return 0;
  });
}
int Subject::set_fd(int number, bool autoclear, const Transfer* transfer) {
  return record({Operation::Kind::set_fd, number, autoclear, 0}, HEDDLE_CALL_PLACE,
                [&] { return driver_.set_fd(number, &file_, autoclear, transfer); });
}
int Subject::clr_fd(int number) {
  return record({Operation::Kind::clr_fd, number, false, 0}, HEDDLE_CALL_PLACE,
                [&] { return driver_.clr_fd(number); });
}

// ---- at the end ---------------------------------------------------------------------------------

void Subject::check_history() {
  Machine& machine = Machine::running();
  const Machine::EngineScope engine(machine);
  checkers::LinearizabilityChecker<SequentialSpec> checker(spec_);
  const std::span<const Call> calls(calls_.data(), call_count_);
  const checkers::LinearizabilityResult result = checker.check(calls);
  if (result.verdict != checkers::Linearizable::no) return;
  sim::Finding finding;
  finding.kind = Kind::not_linearizable;
  finding.step = machine.steps();
  finding.detail = "no order of these calls explains what the first one got; number in question:";
  const auto tell = [&](std::size_t i) {
    const bool returned =
        !calls[i].is_pending() && calls[i].returned <= calls[result.culprit].returned;
    finding.add({origins_[i].context, origins_[i].step, origins_[i].place,
                 verb_of(calls[i].operation, returned), sim::no_object});
  };
  const Operation& culprit = calls[result.culprit].operation;
  finding.number = static_cast<std::uint64_t>(
      culprit.kind == Operation::Kind::get_free ? culprit.result : culprit.number);
  tell(result.culprit);
  for (const std::size_t i : result.part)
    if (i != result.culprit) tell(i);
  machine.report(finding);
}

void Subject::check_balance() {
  for (int number = 0; number < 8; ++number)
    while (block().open_disk(number) != nullptr) block().close(number);
  world_.expect(kernel::refcount_read(&file_.refs) == 1 + driver_.bound_devices(),
                "a file has a reference for each device that is bound to it");
}

}  // namespace heddle::scenarios::loop_control
