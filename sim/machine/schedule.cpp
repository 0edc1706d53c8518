// Who may step, and who does. The rules are those of DESIGN section "The machine": on each CPU the
// innermost handler alone; else, with preemption off, the current task alone; else any task that
// lives there; and an armed interrupt source wherever its level is not masked.
#include <algorithm>

#include "sim/machine/machine.hpp"

namespace heddle::sim {

/// Most steps need no more care than this. Calls nobody for the commonest ones, so that it saves no
/// registers for that.
Context& Machine::choose_next() {
  if (stop_) [[unlikely]]
    stop();
  const bool anybody_waits = !(awaiting_ | unstarted_ | relaxing_).empty() || idle_relaxes_ != 0;
  if (anybody_waits || alone_ != no_context || live_ == 0 || needs_care_) return choose_with_care();
  const ContextSet enabled = ready_ & eligible_;
  const bool asks_nobody = footprint_ == nullptr && !looks_at_states_ && !choices_.wants_forced();
  if (asks_nobody && enabled.count() == 1) return take_step(enabled.first());
  return enabled.empty() ? choose_with_care() : choose_among(enabled);
}

Context& Machine::choose_with_care() {
  if (matcher_ != nullptr && !chooses_apart_) return choose_apart();
  if (!awaiting_.empty()) look_again();
  if (alone_ != no_context) {
    if (!ready_.contains(alone_)) return nobody_enabled();
    relax_until_step(alone_);
    return take_step(alone_);
  }
  const ContextSet fresh = unstarted_ & eligible_;
  if (!fresh.empty()) return start_fresh(fresh);
  if (live_ == 0 && raised_ == 0) {
    if (!settling_ && !settle_.empty()) return begin_settling();
    if (!finalised_ && !finally_.empty()) return begin_finally();
    end(Outcome::finished);
  }
  ContextSet enabled = ready_ & eligible_;
  if (needs_care_) {
    if (Context* const next = when_idle(enabled)) return *next;
  }
  if (enabled.empty()) {
    enabled = resume_relaxing();
    if (enabled.empty()) return nobody_enabled();
  }
  return choose_among(enabled);
}

Context& Machine::choose_among(ContextSet enabled) {
  if (looks_at_states_) [[unlikely]]
    look_at_state();
  const SchedulePoint point{enabled, last_, announced_.data(), step_};
  ContextId chosen = enabled.first();
  if (enabled.count() == 1 && footprint_ == nullptr) {
    choices_.forced(point);
  } else {
    chosen = choices_.schedule(point);
    if (chosen == no_context) end(choices_.full() ? Outcome::bound_reached : Outcome::given_up);
  }
  if (!relaxing_.empty() || idle_relaxes_ != 0) [[unlikely]]
    relax_until_step(chosen);
  return take_step(chosen);
}

/// Somebody takes a step: who has relaxed looks again.
void Machine::relax_until_step(ContextId chosen) {
  if (!relaxing_.empty()) wake_relaxing(chosen);
  if (config_.relaxing == Relaxing::spins && contexts_[chosen.value].announced.mode == Mode::write)
    idle_relaxes_ = 0;
}

Context& Machine::start_fresh(ContextSet fresh) {
  Context& context = contexts_[fresh.first().value];
  unstarted_.remove(context.id);
  CpuState& cpu = cpus_[context.cpu.value];
  if (config_.preemption != Preemption::full && cpu.tasks.count() > 1) {
    // Whoever starts here keeps the CPU, so who does is a choice, and starting a step.
    context.announced = {EventKind::wake, Mode::write, 0,
                         ObjectId::of(ObjectClass::cpu, context.cpu.value), context.created_at};
    ready_.add(context.id);
    return choose_next();
  }
  // What it masks before its first step holds against tasks that are created meanwhile.
  if (cpu.current == no_context) cpu.current = context.id;
  prepare(context);
  return context;
}

ContextSet Machine::resume_relaxing() {
  const ContextSet resumed = relaxing_ & eligible_;
  if (resumed.empty() || idle_relaxes_ == Limits::idle_relaxes_max) return {};
  ++idle_relaxes_;
  ready_ = ready_ | resumed;
  relaxing_ = relaxing_ - resumed;
  return resumed;
}

Context& Machine::take_step(ContextId chosen) {
  Context& context = contexts_[chosen.value];
  last_ = chosen;
  hooks.work = 0;
  if (++step_ > config_.limits.steps_max) end(Outcome::bound_reached);
  const CpuState& cpu = cpus_[context.cpu.value];
  const bool goes_on = cpu.current == chosen && !cpu.gives_way;
  return goes_on && context.level == Level::task ? context : take_cpu(context);
}

/// The context, which another one has kept from its CPU so far, executes there from here on.
Context& Machine::take_cpu(Context& context) {
  if (context.level != Level::task) {
    if (context.state == ContextState::idle) begin_handler(context);
    return context;
  }
  CpuState& cpu = cpus_[context.cpu.value];
  const ContextId before = cpu.current;
  if (context.state == ContextState::unstarted) prepare(context);
  cpu.current = context.id;
  cpu.gives_way = false;
  refresh_if_crowded(context.cpu);
  if (cpu.crowded() && before != context.id)
    emit_for(context, {.kind = EventKind::task_switch,
                       .object = ObjectId::of(ObjectClass::cpu, context.cpu.value),
                       .value = before.value});
  return context;
}

Context& Machine::nobody_enabled() {
  for (Observer* observer : observers_) observer->stuck(*this);
  end(Outcome::stuck);
}

// ---- eligibility --------------------------------------------------------------------------------

ContextSet Machine::allowed_sources(const CpuState& cpu) const {
  ContextSet allowed;
  if (cpu.sources.empty()) return allowed;
  const ContextId innermost = cpu.innermost();
  const Context* here = innermost == no_context ? nullptr : &contexts_[innermost.value];
  for (ContextSet rest = cpu.sources; !rest.empty();) {
    const Context& source = contexts_[rest.first().value];
    rest.remove(source.id);
    if (source.state != ContextState::idle) continue;
    if (here != nullptr) {
      if (source.level <= here->level) continue;
      if (source.level == Level::hardirq && here->irqs_off) continue;
      if (source.level == Level::softirq && (here->irqs_off || here->softirq_count != 0)) continue;
    }
    allowed.add(source.id);
  }
  return allowed;
}

void Machine::refresh(Cpu id) {
  const CpuState& cpu = cpus_[id.value];
  ContextSet allowed = allowed_sources(cpu);
  if (cpu.handlers_running != 0)
    allowed.add(cpu.innermost());
  else if (cpu.crowded() && cpu.current != no_context &&
           keeps_level_off(cpu, contexts_[cpu.current.value], Level::task))
    allowed.add(cpu.current);
  else
    allowed = allowed | cpu.tasks;
  eligible_ = (eligible_ - cpu.all()) | allowed;
  if (footprint_ != nullptr) [[unlikely]]
    note_gates(id);
}

namespace {
/// Unmasking what is not masked is the code's mistake; the machine goes on as if it had not.
void count(std::uint16_t& masks, bool on) {
  if (on)
    ++masks;
  else if (masks != 0)
    --masks;
}
}  // namespace

void Machine::change_mask(Context& context, Mask mask, bool on, Place place) {
  switch (mask) {
    case Mask::preemption:
      count(context.preempt_count, on);
      break;
    case Mask::softirq:
      count(context.softirq_count, on);
      break;
    case Mask::hardirq:
      context.irqs_off = on;
      break;
  }
  if (!cpus_[context.cpu.value].shared()) return;
  refresh_if_crowded(context.cpu);
  emit({.kind = on ? EventKind::mask : EventKind::unmask,
        .object = ObjectId::of(ObjectClass::cpu, context.cpu.value),
        .value = static_cast<std::uint64_t>(mask),
        .place = place});
}

void Machine::mask(Mask mask, Place place) {
  const Cpu cpu = self().cpu;
  if (keeps_somebody_off(self(), mask))
    step({EventKind::mask, Mode::write, 0, ObjectId::of(ObjectClass::cpu, cpu.value), place});
  change_mask(self(), mask, true, place);
}
void Machine::unmask(Mask mask, Place place) { change_mask(self(), mask, false, place); }
void Machine::mask_within_step(Mask mask, Place place) { change_mask(self(), mask, true, place); }
void Machine::unmask_within_step(Mask mask, Place place) {
  change_mask(self(), mask, false, place);
}

bool Machine::keeps_somebody_off(const Context& context, Mask mask) const {
  const CpuState& cpu = cpus_[context.cpu.value];
  if (footprint_ != nullptr) note_residents(context.cpu, Mode::read);
  if (alone_ != no_context || !cpu.crowded()) return false;
  const bool preemptible = !context.is_atomic() && config_.preemption == Preemption::full;
  if (preemptible && cpu.tasks.count() > 1) return true;
  if (mask == Mask::preemption || context.irqs_off) return false;
  for (ContextSet rest = cpu.sources; !rest.empty();) {
    const Context& source = contexts_[rest.first().value];
    rest.remove(source.id);
    if (source.state != ContextState::idle || source.level <= context.level) continue;
    if (source.level == Level::hardirq && mask == Mask::hardirq) return true;
    if (source.level == Level::softirq && context.softirq_count == 0) return true;
  }
  return false;
}

// ---- footprints ---------------------------------------------------------------------------------

void Machine::note_gate(ObjectId object, bool needs, int closes, ContextId keeper) {
  Touch touch = Touch::of(object, 1, Mode::write);
  touch.needs = needs;
  touch.closes = static_cast<std::int8_t>(closes);
  touch.keeper = keeper;
  footprint_->add(touch);
}

void Machine::note_gates(Cpu id) {
  CpuState& cpu = cpus_[id.value];
  const ContextId innermost = cpu.innermost();
  // Who keeps no tasks off keeps nobody off.
  if (!cpu.is_kept() &&
      (innermost == no_context || !keeps_level_off(cpu, contexts_[innermost.value], Level::task))) {
    cpu.keepers_depth = cpu.handlers_running;
    return;
  }
  const bool nested = cpu.handlers_running > cpu.keepers_depth;
  cpu.keepers_depth = cpu.handlers_running;
  for (std::size_t i = 0; i < level_count; ++i) {
    const auto level = static_cast<Level>(i);
    ContextId keeper = no_context;
    if (innermost != no_context && keeps_level_off(cpu, contexts_[innermost.value], level))
      keeper = innermost;
    if (keeper == cpu.keepers[i]) continue;
    const bool closes = nested || cpu.keepers[i] == no_context;
    note_gate(gate(id, level), false, closes ? 1 : -1, closes ? keeper : cpu.keepers[i]);
    cpu.keepers[i] = keeper;
  }
}

bool Machine::keeps_level_off(const CpuState& cpu, const Context& here, Level level) const {
  if (level == Level::task)
    return cpu.handlers_running != 0 || here.preempt_count != 0 || here.softirq_count != 0 ||
           here.irqs_off || (config_.preemption != Preemption::full && !cpu.gives_way);
  if (here.level >= level) return true;
  if (level == Level::hardirq) return here.irqs_off;
  return level == Level::softirq && (here.irqs_off || here.softirq_count != 0);
}

void Machine::note_residents(Cpu id, Mode mode) const {
  footprint_->add(Touch::of(ObjectId::of(ObjectClass::residents, id.value), 1, mode));
}

void Machine::note_creation(const Context& context) {
  footprint_->add_context(context.id, gate(context.cpu, context.level));
  // Whoever lives there reads its gate in every step, and its life may change from here on.
  uses(gate(context.cpu, context.level), Mode::write);
  uses(gate(context.cpu, Level::task), Mode::write);
  uses(world_part(WorldPart::contexts), Mode::write);
  note_residents(context.cpu, Mode::write);
}

void Machine::note_end(const Context& context) {
  if (context.level == Level::task) note_residents(context.cpu, Mode::write);
  if (!has_sources_) return;
  Touch touch = Touch::of(world_part(WorldPart::lives), 1, Mode::write);
  touch.adds = true;
  footprint_->add(touch);
}

void Machine::note_pending() {
  footprint_->ended = true;
  footprint_->pending = ContextSet{};
  look_again();
  for (std::uint16_t i = 0; i < context_count_; ++i) {
    const Context& context = contexts_[i];
    const bool lands = context.state == ContextState::idle && ready_.contains(context.id);
    if (context.state == ContextState::live || context.state == ContextState::unstarted ||
        context.state == ContextState::crashed || lands)
      footprint_->pending.add(context.id);
    if (context.waits_for == nullptr || may_spin_.contains(context.id))
      footprint_->unblocked.add(context.id);
    if (awaiting_.contains(context.id))
      footprint_->add_awaiting(context.id, conditions_[context.id.value],
                               ready_.contains(context.id));
  }
}

// ---- waiting -----------------------------------------------------------------------------------

void Machine::wait_for(Waitable& object, bool may_spin) {
  Context& context = self();
  object.waiting.add(context.id);
  context.waits_for = &object;
  // Also while it is free: somebody may take it before this context is chosen.
  if (may_spin) may_spin_.add(context.id);
  if (object.is_free() || may_spin) return;
  ready_.remove(context.id);
  emit({.kind = EventKind::spin,
        .mode = Mode::read,
        .object = context.announced.object,
        .value = object.owner().value,
        .place = context.announced.place});
}

void Machine::begin_spinning() {
  Context& context = self();
  may_spin_.remove(context.id);
  ready_.remove(context.id);
  context.spins = true;
  only_reads();
  tries(Exchanged::Kind::spun);
  emit({.kind = EventKind::spin,
        .mode = Mode::read,
        .object = context.announced.object,
        .value = context.waits_for->owner().value,
        .place = context.announced.place});
}

void Machine::wait_asleep(Waitable& object) {
  Context& context = self();
  object.waiting.add(context.id);
  context.waits_for = &object;
  if (!object.is_free())
    fall_asleep();
  else if (config_.preemption != Preemption::full && alone_ == no_context &&
           cpus_[context.cpu.value].crowded())
    may_spin_.add(context.id);  // it keeps its CPU until it finds that it has to sleep
}

void Machine::fall_asleep() {
  Context& context = self();
  may_spin_.remove(context.id);
  ready_.remove(context.id);
  only_reads();
  tries(Exchanged::Kind::spun);
  leave_cpu();
  emit({.kind = EventKind::block,
        .mode = Mode::read,
        .object = context.announced.object,
        .value = context.waits_for->owner().value,
        .place = context.announced.place});
}

void Machine::stop_waiting(Waitable& object) {
  Context& context = self();
  may_spin_.remove(context.id);
  object.waiting.remove(context.id);
  context.waits_for = nullptr;
}

void Machine::wake_all_in(std::uintptr_t address, std::size_t size) {
  if (footprint_ != nullptr) {
    Touch touch =
        Touch::of(ObjectId::memory(address), static_cast<std::uint32_t>(size), Mode::write);
    touch.closes = -1;
    footprint_->add(touch);
  }
  for (std::uint16_t i = 0; i < context_count_; ++i) {
    Context& context = contexts_[i];
    if (context.state != ContextState::live) continue;
    if (context.sleep != Sleep::awake && context.sleeps_on.bits - address < size)
      wake_sleeper(context, Sleep::any);
    if (context.waits_for == nullptr) continue;
    if (reinterpret_cast<std::uintptr_t>(context.waits_for) - address < size)
      ready_.add(context.id);
  }
}

void Machine::take(Waitable& object) {
  Context& context = self();
  if (footprint_ != nullptr) {
    const bool tries_only = context.waits_for == nullptr;
    const bool spins = may_spin_.contains(context.id);
    note_gate(context.announced.object, !tries_only && !spins, 1, context.id);
    if (spins) tries(Exchanged::Kind::spun);
  }
  object.waiting.remove(context.id);
  object.set_owner(context.id);
  context.waits_for = nullptr;
  context.spins = false;
  may_spin_.remove(context.id);
  ready_ = ready_ - (object.waiting - may_spin_);
}

void Machine::wake(Waitable& object) {
  if (footprint_ != nullptr && !object.is_free()) {
    const auto address = reinterpret_cast<std::uintptr_t>(&object);
    const bool in_memory = arena_layout::contains(address);
    note_gate(
        in_memory ? ObjectId::memory(address) : ObjectId::of(ObjectClass::context, self().id.value),
        false, -1, object.owner());
  }
  object.set_free();
  ready_ = ready_ | object.waiting;
}

void Machine::take_for_ever(Waitable& object) {
  if (footprint_ != nullptr)
    note_gate(ObjectId::memory(reinterpret_cast<std::uintptr_t>(&object)), false, 1, no_context);
  object.owner_code = Waitable::taken_for_ever;
  ready_ = ready_ - (object.waiting - may_spin_);
}

void Machine::wake_relaxing(ContextId except) {
  ContextSet woken = relaxing_;
  woken.remove(except);
  ready_ = ready_ | woken;
  relaxing_ = relaxing_ - woken;
}

void Machine::leave_cpu() {
  const Context& context = self();
  CpuState& cpu = cpus_[context.cpu.value];
  if (cpu.current != context.id) return;
  cpu.current = no_context;
  refresh_if_crowded(context.cpu);
}

void Machine::relax(Place place) {
  Context& context = self();
  if (config_.relaxing == Relaxing::spins) {
    if (footprint_ != nullptr) footprint_->relaxed.add(context.id);
    if (++idle_relaxes_ > Limits::idle_relaxes_max * context_count_) nobody_enabled();
    return;
  }
  if (alone_ == no_context) {
    ready_.remove(context.id);
    relaxing_.add(context.id);
  }
  const ObjectId self_object = ObjectId::of(ObjectClass::context, context.id.value);
  step({EventKind::yield, Mode::read, 0, self_object, place});
  emit({.kind = EventKind::yield, .mode = Mode::read, .object = self_object, .place = place});
}

void Machine::yield(Place place) {
  Context& context = self();
  CpuState& cpu = cpus_[context.cpu.value];
  if (!cpu.crowded() || context.is_atomic() || alone_ != no_context) return;
  cpu.gives_way = true;
  refresh(context.cpu);
  const ObjectId cpu_object = ObjectId::of(ObjectClass::cpu, context.cpu.value);
  step({EventKind::yield, Mode::write, 0, cpu_object, place});
  emit({.kind = EventKind::yield, .object = cpu_object, .place = place});
}

// ---- migration ---------------------------------------------------------------------------------

void Machine::let_migrate(Context& task, std::uint16_t times) {
  require(alone_ != no_context && task.level == Level::task, "set-up lets tasks migrate");
  task.migrations_left = times;
  // Any two tasks may meet on any CPU from here on: what they mask orders them.
  cpus_used_ = std::max(cpus_used_, config_.cpus);
  for (std::uint16_t i = 0; i < config_.cpus; ++i)
    if (!cpus_[i].shared()) cpus_[i].residents = 2;
  if (footprint_ != nullptr && times != 0)
    footprint_->add_nomad(task.id, gate(task.cpu, Level::task));
}

void Machine::migrate(Cpu to, Place place) {
  Context& context = self();
  require(context.migrations_left != 0 && !context.is_atomic(), "a task migrates where it may",
          place);
  require(to.value < config_.cpus, "a task migrates to a CPU of its world", place);
  --context.migrations_left;
  const Cpu from = context.cpu;
  leave_cpu();
  cpus_[from.value].tasks.remove(context.id);
  context.cpu = to;
  CpuState& cpu = cpus_[to.value];
  cpu.tasks.add(context.id);
  if (footprint_ != nullptr) {
    for (const Cpu changed : {from, to}) {
      uses(gate(changed, Level::task), Mode::write);
      note_residents(changed, Mode::write);
    }
    footprint_->move(context.id, gate(to, Level::task));
  }
  eligible_.remove(context.id);
  refresh(from);
  refresh(to);
  emit({.kind = EventKind::migrate,
        .object = ObjectId::of(ObjectClass::cpu, to.value),
        .value = from.value,
        .place = place});
  step({EventKind::yield, Mode::write, 0, ObjectId::of(ObjectClass::cpu, to.value), place});
  emit({.kind = EventKind::yield,
        .object = ObjectId::of(ObjectClass::cpu, to.value),
        .place = place});
}

ContextId Machine::blocked_by(ContextId id) const {
  const Context& context = contexts_[id.value];
  if (context.state != ContextState::live) return no_context;
  if (context.waits_for != nullptr && !context.waits_for->is_free() && !may_spin_.contains(id))
    return context.waits_for->owner();
  if (eligible_.contains(id)) return no_context;
  const ContextId keeper = cpus_[context.cpu.value].innermost();
  return keeper == id ? no_context : keeper;
}

// ---- interrupts --------------------------------------------------------------------------------

Context& Machine::create_interrupt(const char* name, Cpu cpu, Level level, std::uint16_t landings,
                                   Callable body) {
  require(level != Level::task, "an interrupt source has an interrupt's level");
  end_without_room_for_a_context();
  stop_without_cpu(cpu, Place{});
  Context& source = add_context(name, cpu, level, body);
  source.state = ContextState::idle;
  has_sources_ = true;
  source.landings_left = landings;
  source.announced = {EventKind::interrupt, Mode::write, 0,
                      ObjectId::of(ObjectClass::cpu, cpu.value), Place{}};
  cpus_[cpu.value].sources.add(source.id);
  if (landings != 0) ready_.add(source.id);
  refresh(cpu);
  emit({.kind = EventKind::create,
        .sync = Sync::release,
        .object = ObjectId::of(ObjectClass::context, source.id.value),
        .text = source.name});
  return source;
}

void Machine::raise(Context& source) {
  require(source.level != Level::task, "only an interrupt source is raised");
  if (footprint_ != nullptr) {
    const bool opens = source.raised == 0 && source.landings_left == 0;
    note_gate(ObjectId::of(ObjectClass::raised, source.id.value), false, opens ? -1 : 0,
              no_context);
  }
  ++source.raised;
  ++raised_;
  if (source.state == ContextState::idle) ready_.add(source.id);
}

void Machine::begin_handler(Context& handler) {
  if (footprint_ != nullptr) {
    note_gate(ObjectId::of(ObjectClass::raised, handler.id.value), true, 0, handler.id);
    uses(world_part(WorldPart::lives), Mode::read);
  }
  if (handler.raised != 0) {
    --handler.raised;
    --raised_;
  } else {
    HEDDLE_CHECK(handler.landings_left != 0, "an interrupt lands within its budget");
    --handler.landings_left;
  }
  CpuState& cpu = cpus_[handler.cpu.value];
  HEDDLE_CHECK(cpu.handlers_running < cpu.handlers.size(), "handlers nest by level");
  cpu.handlers[cpu.handlers_running++] = handler.id;
  handler.preempt_count = 0;
  handler.softirq_count = 0;
  handler.irqs_off = handler.level >= Level::hardirq;
  ++live_;
  prepare(handler);
  refresh(handler.cpu);
  emit_for(handler, {.kind = EventKind::interrupt,
                     .sync = Sync::acquire,
                     .object = ObjectId::of(ObjectClass::cpu, handler.cpu.value),
                     .value = static_cast<std::uint64_t>(handler.level)});
}

void Machine::end_handler(Context& handler) {
  emit({.kind = EventKind::interrupt_exit,
        .sync = Sync::release,
        .object = ObjectId::of(ObjectClass::cpu, handler.cpu.value),
        .value = static_cast<std::uint64_t>(handler.level)});
  CpuState& cpu = cpus_[handler.cpu.value];
  HEDDLE_CHECK(cpu.innermost() == handler.id, "the innermost handler ends first");
  --cpu.handlers_running;
  --live_;
  if (footprint_ != nullptr) note_end(handler);
  handler.state = ContextState::idle;
  handler.announced = {EventKind::interrupt, Mode::write, 0,
                       ObjectId::of(ObjectClass::cpu, handler.cpu.value), Place{}};
  if (handler.raised == 0 && handler.landings_left == 0) ready_.remove(handler.id);
  refresh(handler.cpu);
}

}  // namespace heddle::sim
