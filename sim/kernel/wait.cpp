#include "sim/kernel/wait.hpp"

#include "sim/core/call_place.hpp"
#include "sim/kernel/lock_events.hpp"
#include "sim/kernel/sleep.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// A step on the queue; it stands for a section of the queue's own lock.
Machine& step_on(wait_queue_head_t& queue, Place place) {
  Machine& machine = Machine::running();
  const ObjectId object = object_of(queue.core);
  machine.step({EventKind::exchange, Mode::write, 0, object, place});
  if (is_unused(queue.core)) queue.waiters = {};
  look_at(machine, queue.core, Sync::acquire_release, place);
  tell(machine, queue.core, EventKind::exchange, Sync::acquire_release, 0, 0, place);
  return machine;
}

void wake(wait_queue_head_t& queue, Sleep sleeps, Place place) {
  Machine& machine = step_on(queue, place);
  wake_all(machine, queue.waiters, sleeps);
}

}  // namespace

void init_waitqueue_head(wait_queue_head_t* queue, const char* class_name) {
  initialise(Machine::running(), queue->core, class_name, HEDDLE_CALL_PLACE);
  queue->waiters = {};
}

void wake_up(wait_queue_head_t* queue) { wake(*queue, Sleep::any, HEDDLE_CALL_PLACE); }
void wake_up_interruptible(wait_queue_head_t* queue) {
  wake(*queue, Sleep::interruptible, HEDDLE_CALL_PLACE);
}

void wake_up_one(wait_queue_head_t* queue) {
  Machine& machine = step_on(*queue, HEDDLE_CALL_PLACE);
  ContextSet asleep;
  for (ContextSet rest = queue->waiters; !rest.empty(); rest.remove(rest.first())) {
    const Context& waiter = machine.context(rest.first());
    if (waiter.state == ContextState::live && !waiter.asleep.is_free()) asleep.add(waiter.id);
  }
  const std::uint32_t count = asleep.count();
  if (count == 0) return;
  machine.wake_sleeper(machine.context(asleep.nth(count == 1 ? 0 : machine.choose(count))),
                       Sleep::any);
}

bool waitqueue_active(const wait_queue_head_t* queue) {
  Machine& machine = Machine::running();
  const Place place = HEDDLE_CALL_PLACE;
  machine.step({EventKind::load, Mode::read, 0, object_of(queue->core), place});
  const bool active = !is_unused(queue->core) && !queue->waiters.empty();
  tell(machine, queue->core, EventKind::load, Sync::none, 0, active ? 1 : 0, place);
  return active;
}

int prepare_to_wait(wait_queue_head_t* queue, Sleep sleep) {
  const Place place = HEDDLE_CALL_PLACE;
  may_sleep(Machine::running(), event_can_sleep, place);
  Machine& machine = step_on(*queue, place);
  const ContextId self = machine.self().id;
  if (sleep != Sleep::uninterruptible && ends_sleep(machine.pending_signals(Mode::write), sleep)) {
    queue->waiters.remove(self);
    machine.stay_awake();
    return -ERESTARTSYS;
  }
  queue->waiters.add(self);
  machine.prepare_to_sleep(sleep, object_of(queue->core), no_context);
  return 0;
}

void schedule() { Machine::running().sleep(HEDDLE_CALL_PLACE); }

void finish_wait(wait_queue_head_t* queue) {
  Machine& machine = step_on(*queue, HEDDLE_CALL_PLACE);
  queue->waiters.remove(machine.self().id);
  machine.stay_awake();
}

}  // namespace heddle::sim::kernel
