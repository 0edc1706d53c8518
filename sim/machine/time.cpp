// Virtual time. It moves when somebody's moment has come: by the clock, that is when nobody else
// can go on, or asynchronously, at any step.
#include <algorithm>

#include "sim/machine/machine.hpp"

namespace heddle::sim {

std::int64_t Machine::now_ms() {
  uses(world_part(WorldPart::clock), Mode::read);
  return now_ms_;
}

std::int64_t Machine::clock_ms(HostId id) {
  const std::int64_t now = now_ms();
  return now + now * hosts_[id.value].drift_ppm / 1'000'000;
}

bool Machine::advance_clock() {
  if (timed_.empty()) return false;
  std::int64_t earliest = for_ever;
  for (ContextSet rest = timed_; !rest.empty(); rest.remove(rest.first()))
    earliest = std::min(earliest, contexts_[rest.first().value].deadline_ms);
  if (earliest == for_ever) return false;
  now_ms_ = std::max(now_ms_, earliest);
  for (ContextSet rest = timed_; !rest.empty(); rest.remove(rest.first())) {
    if (contexts_[rest.first().value].deadline_ms > now_ms_) continue;
    ready_.add(rest.first());
    timed_.remove(rest.first());
  }
  return true;
}

void Machine::sleep_until(std::int64_t deadline_ms, Place place) {
  Context& context = self();
  const ObjectId clock = world_part(WorldPart::clock);
  announce({EventKind::wake, Mode::write, 0, clock, place});
  const bool by_clock = settling_ || config_.time == Time::clock;
  if (by_clock && alone_ == no_context && deadline_ms > now_ms_) {
    context.deadline_ms = deadline_ms;
    timed_.add(context.id);
    ready_.remove(context.id);
    needs_care_ = true;
  }
  leave_cpu();
  note_idling();
  schedule();
  now_ms_ = std::max(now_ms_, deadline_ms);
  emit({.kind = EventKind::wake,
        .object = clock,
        .value = static_cast<std::uint64_t>(now_ms_),
        .place = place});
}

bool Machine::wait_until(Waitable& object, std::int64_t deadline_ms, const Operation& operation) {
  Context& context = self();
  const bool by_clock = settling_ || config_.time == Time::clock;
  const bool ends_any_time = deadline_ms != for_ever && !by_clock;
  const bool keeps_cpu = config_.preemption != Preemption::full;
  announce(operation);
  note_idling();
  object.waiting.add(context.id);
  context.waits_for = &object;
  if (deadline_ms != for_ever && by_clock) {
    context.deadline_ms = deadline_ms;
    timed_.add(context.id);
    needs_care_ = true;
  }
  for (;;) {
    if (ends_any_time || (object.is_free() && keeps_cpu)) may_spin_.add(context.id);
    if (!object.is_free()) {
      if (!ends_any_time && (now_ms_ < deadline_ms || !by_clock)) ready_.remove(context.id);
      leave_cpu();
      emit({.kind = EventKind::block,
            .mode = Mode::read,
            .object = operation.object,
            .value = no_context.value,
            .place = operation.place});
    }
    schedule();
    may_spin_.remove(context.id);
    const bool ends = ends_any_time || (by_clock && now_ms_ >= deadline_ms);
    if (object.is_free() || ends) break;
    only_reads();  // somebody was faster, and it had kept its CPU
  }
  timed_.remove(context.id);
  object.waiting.remove(context.id);
  context.waits_for = nullptr;
  if (!object.is_free() && ends_any_time) {
    uses(world_part(WorldPart::clock), Mode::write);
    now_ms_ = std::max(now_ms_, deadline_ms);
  }
  return object.is_free();
}

void Machine::open(Waitable& object) {
  if (object.is_free()) return;
  if (footprint_ != nullptr) note_gate(running_->announced.object, false, -1, no_context);
  object.set_free();
  ready_ = ready_ | object.waiting;
}

void Machine::close(Waitable& object) {
  if (!object.is_free()) return;
  if (footprint_ != nullptr) note_gate(running_->announced.object, false, 1, no_context);
  object.owner_code = Waitable::taken_for_ever;
  ready_ = ready_ - (object.waiting - may_spin_);
}

}  // namespace heddle::sim
