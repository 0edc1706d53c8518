// One execution from beginning to end: start, contexts' lives, end. Scheduling is in schedule.cpp,
// accesses of instrumented code in accesses.cpp.
#include "sim/machine/machine.hpp"

#include <algorithm>
#include <cstdio>

namespace heddle::sim {

Machine* Machine::running_machine_ = nullptr;

namespace {

void print_check_context() {
  if (!Machine::is_running()) return;
  Machine& machine = Machine::running();
  std::fprintf(stderr, "  at step %llu of an execution, after %zu choices, in context %s\n",
               static_cast<unsigned long long>(machine.steps()), machine.choices().size(),
               machine.self().name);
}

}  // namespace

Machine::Machine()
    : heap_(arena_, shadow_),
      stacks_(arena_layout::stacks, arena_layout::stack_bytes, contexts_max),
      contexts_(std::make_unique<Context[]>(contexts_max)) {
  for (std::uint16_t i = 0; i < contexts_max; ++i) {
    contexts_[i].id = ContextId{i};
    announced_[i] = &contexts_[i].announced;
  }
  findings_.reserve(16);
  set_check_context(&print_check_context);
}

Machine::~Machine() { set_check_context(nullptr); }

Machine& Machine::running() {
  HEDDLE_CHECK(running_machine_ != nullptr, "kernel functions are called inside an execution");
  return *running_machine_;
}

void Machine::configure(const MachineConfig& config) {
  HEDDLE_CHECK(config.cpus >= 1 && config.cpus <= cpus_max, "a world has 1 to 128 CPUs");
  config_ = config;
  has_same_setup_ = false;
  forget_snapshots();
}

void Machine::ObserverList::add(Observer& observer) {
  HEDDLE_CHECK(count < count_max, "at most 12 observers are attached");
  observers[count++] = &observer;
}

void Machine::attach(Observer& observer) {
  forget_snapshots();
  observers_.push_back(&observer);
  const EventMask wanted = observer.events();
  for (std::size_t kind = 0; kind < event_kind_count; ++kind) {
    if (!wanted.contains(static_cast<EventKind>(kind))) continue;
    by_kind_[kind].add(observer);
    if (!observer.takes_order_from_accesses()) of_accesses_[kind].add(observer);
  }
  if (!observer.wants_accesses()) return;
  on_access_.add(observer);
}

void Machine::AccessObservers::add(Observer& observer) {
  const std::uint8_t needs_not = observer.needs_not();
  enough |= needs_not != 0 ? needs_not : AccessFilter::never;
  for (std::size_t noted = 0; noted < unless.size(); ++noted)
    if ((needs_not & noted) == 0) unless[noted].add(observer);
}

void Machine::detach_all() {
  forget_snapshots();
  observers_.clear();
  on_access_ = {};
  by_kind_ = of_accesses_ = {};
}

void Machine::reset() {
  arena_.reset(context_count_);
  shadow_.next_generation();
  heap_.reset();
  names_.reset();
  findings_.clear();
  finally_.clear();
  settle_.clear();
  hosts_.assign(1, HostState{});
  invariants_.clear();
  static_cast<ExecutionState&>(*this) = ExecutionState{};
  cpu_count_ = config_.cpus;
  set_allocation_faults(config_.allocation_faults);
  hooks.work = 0;
  hooks.left_the_arena = false;
  hooks.work_max = config_.limits.accesses_between_steps_max;
  hooks.watches_plain = !on_access_.empty() || config_.interleave != Interleave::sync;
  hooks.filter = AccessFilter{};
  hooks.filter.states = shadow_.states();
  if (config_.interleave == Interleave::racy) hooks.filter.interleaved = shadow_.interleaved();
  hooks.filter.cells = shadow_.cells();
  hooks.filter.lines = shadow_.lines();
  hooks.filter.generation = shadow_.generation();
  hooks.filter.step = &step_;
  if (!on_access_.empty() && config_.interleave != Interleave::all)
    hooks.filter.enough = on_access_.enough;
  for (std::uint16_t i = 0; i < config_.cpus; ++i) cpus_[i].clear();
}

void Machine::add_invariant(const Invariant& invariant) {
  const EngineScope engine(*this);
  invariants_.push_back(invariant);
}
void Machine::finally(Callable callable) {
  const EngineScope engine(*this);
  finally_.push_back(callable);
}
void Machine::name(const Names::Entry& entry) {
  const EngineScope engine(*this);
  names_.add(entry.address, entry.size, entry.name, entry.type);
}

Outcome Machine::run(Callable setup, Chooser& chooser, ChoiceLog log) {
  HEDDLE_CHECK(running_machine_ == nullptr, "executions do not nest");
  Fiber::enter_thread();
  choices_.begin(chooser, log);
  footprint_ = chooser.watched_footprint();
  if (footprint_ != nullptr) footprint_->begin_execution();
  resumable_ = uses_snapshots_ && has_snapshots ? chooser.resumable() : nullptr;
  snapshots_.keep(resumable_, resumable_ != nullptr ? resumable_->repeats() : 0);
  running_machine_ = this;
  matcher_ = has_snapshots ? chooser.state_matcher() : nullptr;
  // States are saved where a context is suspended, which is elsewhere where they are compared.
  const bool has_start =
      has_start_ && resumable_ == nullptr && footprint_ == nullptr && matcher_ == nullptr;
  const bool goes_on = snapshots_.last() != nullptr || has_start;
  if (snapshots_.last() != nullptr)
    go_on_from(snapshots_.last()->state);
  else if (has_start)
    go_on_from(start_);
  else
    begin(setup);
  steps_kept_ = step_;
  saves_ = can_archive_ && (resumable_ != nullptr || saves_start());
  looks_at_states_ = saves_ || matcher_ != nullptr;
  if (matcher_ != nullptr) prepare_to_match(goes_on);
  Fiber::switch_to(driver_, fiber_here());
  while (saves_now_) {
    save();
    Fiber::switch_to(driver_, fiber_here());
  }

  chooses_apart_ = false;
  hooks.handler = nullptr;
  for (Observer* observer : observers_) observer->end(*this, outcome_);
  running_machine_ = nullptr;
  return outcome_;
}

void Machine::begin(Callable setup) {
  has_start_ = false;  // it was of the shadow's last generation
  reset();
  for (Observer* observer : observers_) observer->begin(*this);
  Context& boot = add_context("boot", Cpu{0}, Level::task, setup);
  alone_ = boot.id;
  unstarted_.remove(boot.id);
  prepare(boot);
  running_ = &boot;
  cpus_[0].current = boot.id;
}

void Machine::end(Outcome outcome) {
  Fiber& here = fiber_here();
  if (footprint_ != nullptr) note_pending();
  outcome_ = outcome;
  stop_ = false;
  running_ = nullptr;
  Fiber::switch_to(here, driver_);
  HEDDLE_CHECK(false, "an execution that has ended does not go on");
}

void Machine::stop() { end(Outcome::stopped); }

// ---- contexts ----------------------------------------------------------------------------------

Context& Machine::add_context(const char* name, Cpu cpu, Level level, Callable body) {
  HEDDLE_CHECK(context_count_ < contexts_max, "an execution has at most 128 contexts");
  HEDDLE_CHECK(cpu.value < cpu_count_, "a context lives on a CPU of its world");
  Context& context = contexts_[context_count_++];
  context.announced = Operation{};
  context.cpu = cpu;
  context.level = level;
  context.state = ContextState::unstarted;
  context.preempt_count = context.softirq_count = context.read_sections = 0;
  context.migrations_left = context.reschedules_left = 0;
  context.needs_resched = false;
  context.irqs_off = context.spins = context.assertion_expected = context.daemon = false;
  context.landings_left = context.raised = 0;
  context.strikes = Strikes::nothing;
  context.waits_for = nullptr;
  context.sleep = Sleep::awake;
  context.sleeps = 0;
  context.sleeps_on = no_object;
  context.asleep = Waitable{};
  context.pending_signals = 0;
  context.body = body.function;
  context.argument = body.argument;
  context.ended = Waitable{};
  context.ended.set_owner(context.id);
  context.created_at = Place{};
  std::size_t length = 0;
  for (; length + 1 < sizeof context.name && name[length] != 0; ++length)
    context.name[length] = name[length];
  context.name[length] = 0;
  context.calls.depth = 0;
  cpus_used_ = std::max<std::uint16_t>(cpus_used_, cpu.value + 1);
  if (context.id.value != 0) ++cpus_[cpu.value].residents;
  if (level == Level::task) {
    cpus_[cpu.value].tasks.add(context.id);
    unstarted_.add(context.id);
    ++live_;
  }
  if (footprint_ != nullptr) note_creation(context);
  return context;
}

void Machine::prepare(Context& context) {
  context.state = ContextState::live;
  context.calls.depth = 0;
  ready_.add(context.id);
  // A handler that lands again as it ends stays on its stack: enter() goes round.
  if (&context == running_) return;
  const Stack stack = stacks_.at(context.id.value);
  if (matcher_ != nullptr) wipe_stack(context.id, stack.top);
  context.fiber.prepare(stack, &Machine::enter, &context);
}

void Machine::enter(void* argument) {
  Context& context = *static_cast<Context*>(argument);
  Machine& machine = *running_machine_;
  if (context.level == Level::task)
    machine.emit({.kind = EventKind::task_start,
                  .sync = Sync::acquire,
                  .object = ObjectId::of(ObjectClass::context, context.id.value)});
  do {
    hooks.calls = &context.calls;
    hooks.filter.enter(context.id);
    hooks.handler = &machine;
    context.body(context.argument);
    hooks.handler = nullptr;
    machine.leave(context);
  } while (context.state == ContextState::live);
  HEDDLE_CHECK(false, "a context that has ended is not resumed");
}

void Machine::leave(Context& context) {
  if (context.id == last_) last_ = no_context;
  if (context.level != Level::task) {
    end_handler(context);
  } else {
    emit({.kind = EventKind::task_exit,
          .sync = Sync::release,
          .object = ObjectId::of(ObjectClass::context, context.id.value)});
    context.state = ContextState::finished;
    ready_.remove(context.id);
    CpuState& cpu = cpus_[context.cpu.value];
    cpu.tasks.remove(context.id);
    if (cpu.current == context.id) cpu.current = no_context;
    --live_;
    if (context.daemon) --daemons_;
    if (footprint_ != nullptr) note_end(context);
    if (alone_ == context.id) alone_ = no_context;
    wake(context.ended);
    eligible_.remove(context.id);
    if (!cpu.all().empty() || footprint_ != nullptr) refresh(context.cpu);
  }
  switch_to(choose_next());
}

void Machine::end_without_room_for_a_context() {
  const std::uint16_t reserved = 1;  // for "finally"
  if (context_count_ + reserved == contexts_max) end(Outcome::bound_reached);
}

void Machine::stop_without_cpu(Cpu cpu, Place place) {
  require(cpu.value < cpu_count_,
          "a context lives on a CPU that the machine has (cpus() gives a scenario more)", place);
}

Context& Machine::create_task(const char* name, Cpu cpu, Callable body, Place place) {
  if (alone_ == no_context && !is_fault(self()))
    step({EventKind::create, Mode::write, 0, ObjectId::of(ObjectClass::cpu, cpu.value), place});
  end_without_room_for_a_context();
  stop_without_cpu(cpu, place);
  Context& task = add_context(name, cpu, Level::task, body);
  task.created_at = place;
  refresh(cpu);
  emit({.kind = EventKind::create,
        .sync = Sync::release,
        .object = ObjectId::of(ObjectClass::context, task.id.value),
        .place = place,
        .text = task.name});
  return task;
}

void Machine::join(Context& task, Place place) {
  announce(
      {EventKind::join, Mode::read, 0, ObjectId::of(ObjectClass::context, task.id.value), place});
  wait_for(task.ended, false);
  if (!task.ended.is_free()) leave_cpu();
  schedule();
  task.ended.waiting.remove(self().id);
  self().waits_for = nullptr;
  emit({.kind = EventKind::join,
        .mode = Mode::read,
        .sync = Sync::acquire,
        .object = ObjectId::of(ObjectClass::context, task.id.value),
        .place = place});
}

void Machine::park() {
  Context& context = self();
  context.state = ContextState::parked;
  ready_.remove(context.id);
  --live_;
  if (context.daemon) --daemons_;
  if (footprint_ != nullptr) note_end(context);
  if (alone_ == context.id) alone_ = no_context;
  if (context.level == Level::task && context.preempt_count == 0) {
    CpuState& cpu = cpus_[context.cpu.value];
    cpu.tasks.remove(context.id);
    if (cpu.current == context.id) cpu.current = no_context;
    refresh(context.cpu);
  }
  eligible_.remove(context.id);
  switch_to(choose_next());
  HEDDLE_CHECK(false, "a parked context is not resumed");
}

Context& Machine::begin_finally() {
  finalised_ = true;
  if (footprint_ != nullptr) note_pending();
  footprint_ = nullptr;  // what follows is no part of any schedule
  Context& context =
      add_context("finally", Cpu{0}, Level::task, Callable{&Machine::enter_finally, this});
  unstarted_.remove(context.id);
  alone_ = context.id;
  cpus_[0].current = context.id;
  refresh(Cpu{0});
  prepare(context);
  return context;
}

void Machine::enter_finally(void* argument) {
  Machine& machine = *static_cast<Machine*>(argument);
  hooks.handler = nullptr;
  for (std::uint16_t i = 0; i + 1 < machine.context_count_; ++i)
    machine.emit({.kind = EventKind::join,
                  .mode = Mode::read,
                  .sync = Sync::acquire,
                  .object = ObjectId::of(ObjectClass::context, i)});
  for (std::size_t i = 0; i < machine.finally_.size(); ++i) {
    const Callable callable = machine.finally_[i];
    hooks.handler = &machine;
    callable.function(callable.argument);
    hooks.handler = nullptr;
  }
}

// ---- observers and findings ---------------------------------------------------------------------

void Machine::tell(const Context& context, Event& event) {
  tell(by_kind_[static_cast<std::size_t>(event.kind)], context, event);
}

void Machine::tell(const ObserverList& list, const Context& context, Event& event) {
  event.context = context.id;
  event.cpu = context.cpu;
  event.step = step_;
  AccessHandler* const handler = hooks.handler;
  hooks.handler = nullptr;
  for (std::size_t i = 0; i < list.count; ++i) list.observers[i]->event(*this, event);
  hooks.handler = handler;
  if (stop_) stop();
}

Finding Machine::finding_here(FindingKind kind, Place place, const char* verb,
                              ObjectId object) const {
  Finding finding;
  finding.kind = kind;
  finding.step = step_;
  finding.object = object;
  if (running_ != nullptr) finding.add({running_->id, step_, place, verb, object});
  return finding;
}

void Machine::stop_with(FindingKind kind, Place place, const char* verb, const char* detail) {
  Finding finding = finding_here(kind, place, verb, no_object);
  finding.detail = detail;
  finding.fatal = true;
  report(finding);
  stop();
}

void Machine::report(const Finding& finding) {
  const auto same = [&](const Finding& other) {
    return other.kind == finding.kind && other.actors[0].place == finding.actors[0].place &&
           other.actors[1].place == finding.actors[1].place && other.detail == finding.detail;
  };
  if (std::find_if(findings_.begin(), findings_.end(), same) == findings_.end())
    findings_.push_back(finding);
  if (finding.fatal && running_ != nullptr) stop_ = true;
}

// ---- memory, values, faults ---------------------------------------------------------------------

std::uintptr_t Machine::allocate(std::size_t size, const char* label, Heap::Fill fill,
                                 Place place) {
  const std::uintptr_t address = heap_.allocate(self().id, size, label, fill);
  if (address == 0) end(Outcome::bound_reached);
  Block& block = heap_.last();
  block.allocated_at = place;
  block.host = current_host();
  block.allocated_step = step_;
  if (config_.interleave == Interleave::racy) mark_racy(block);
  emit({.kind = EventKind::allocate,
        .object = ObjectId::memory(address),
        .value = size,
        .place = place,
        .text = label});
  return address;
}

void* Machine::allocate_raw(std::size_t size) {
  const std::uintptr_t address = arena_.allocate(self().id, size);
  if (address == 0) end(Outcome::bound_reached);
  shadow_.set_block(address, 0, size, ByteState::initialised);
  return reinterpret_cast<void*>(address);
}

void Machine::mark_racy(const Block& block) {
  for (const RacyField& field : config_.racy)
    if (field.label == block.label && field.offset + field.size <= block.size)
      shadow_.set_interleave(block.address + field.offset, field.size, true);
}

std::uint32_t Machine::choose(std::uint32_t arity) {
  EngineScope engine(*this);
  const std::uint32_t chosen = choices_.value(Reason::value, arity);
  if (chosen == Chooser::give_up) end(choices_.full() ? Outcome::bound_reached : Outcome::given_up);
  return chosen;
}

std::uint32_t Machine::choose_fault(std::uint32_t arity) {
  const std::uint32_t chosen = choices_.value(Reason::fault, arity);
  if (chosen == Chooser::give_up) end(choices_.full() ? Outcome::bound_reached : Outcome::given_up);
  return chosen;
}

Machine::AllocationFault Machine::inject_allocation_fault() {
  AllocationFaults& left = allocation_faults_left_;
  if (footprint_ != nullptr && faults_granted_)
    uses(world_part(WorldPart::allocation_faults), Mode::read);
  const std::uint32_t arity = 1 + (left.soft != 0 ? 1 : 0) + (left.hard != 0 ? 1 : 0);
  const std::uint32_t chosen = choices_.value(Reason::allocation, arity);
  if (chosen == Chooser::give_up) end(choices_.full() ? Outcome::bound_reached : Outcome::given_up);
  if (chosen == 0) return AllocationFault::none;
  uses(world_part(WorldPart::allocation_faults), Mode::write);
  if (chosen == 1 && left.soft != 0) {
    --left.soft;
    return AllocationFault::soft;
  }
  --left.hard;
  return AllocationFault::hard;
}

}  // namespace heddle::sim
