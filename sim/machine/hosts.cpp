// Hosts: they come up, crash at any step, and come up again; and what happens when nobody but those
// who serve others is left.
//
// For reductions a crash closes for ever the gates through which the contexts of the host would
// step; those of the next boot have gates of their own (CpuState::boots).
#include <algorithm>

#include "sim/core/call_place.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim {
namespace {

ObjectId object_of(HostId id) { return ObjectId::of(ObjectClass::host, id.value); }

}  // namespace

HostId Machine::add_host(const char* name, std::uint16_t cpus) {
  const Place place = HEDDLE_CALL_PLACE;
  require(runs_alone() && hosts_.size() < hosts_max, "set-up adds hosts, at most 63", place);
  require(cpus != 0 && cpus_taken_ + cpus <= config_.cpus,
          "the machine has CPUs for its hosts (cpus() gives a scenario more)", place);
  const HostId id{static_cast<std::uint16_t>(hosts_.size())};
  HostState& host = hosts_.emplace_back();
  host.name = name;
  host.first_cpu = Cpu{cpus_taken_};
  host.cpus = cpus;
  for (std::uint16_t i = 0; i < cpus; ++i) cpus_[cpus_taken_ + i].host = id;
  cpus_taken_ = static_cast<std::uint16_t>(cpus_taken_ + cpus);
  cpus_used_ = std::max(cpus_used_, cpus_taken_);
  return id;
}

void Machine::boot(HostId id, Callable boot) {
  require(runs_alone(), "set-up boots a host for the first time");
  HostState& host = hosts_[id.value];
  host.boot = boot;
  ++host.boots;
  boots_host_ = id;
  boot.function(boot.argument);
  boots_host_ = HostId{};
}

bool Machine::is_up(HostId id) {
  uses(object_of(id), Mode::read);
  return hosts_[id.value].up;
}

void Machine::at_crash(HostId id, Callable callable) {
  HostState& host = hosts_[id.value];
  require(host.at_crash_count < HostState::at_crash_max, "a host has at most two devices");
  host.at_crash[host.at_crash_count++] = callable;
}

/// The context will not step again; what others wait for of it has come.
void Machine::drop(Context& context) {
  if (context.state == ContextState::idle) {
    raised_ -= context.raised;
  } else if (context.state == ContextState::live || context.state == ContextState::unstarted) {
    --live_;
    if (context.daemon) --daemons_;
  }
  if (context.state == ContextState::finished || context.state == ContextState::parked) return;
  const bool is_spent =
      context.state == ContextState::idle && context.landings_left == 0 && context.raised == 0;
  context.state = is_spent ? ContextState::finished : ContextState::crashed;
  if (footprint_ != nullptr) {
    if (may_spin_.contains(context.id)) footprint_->unblocked.add(context.id);
    if (awaiting_.contains(context.id))
      footprint_->add_awaiting(context.id, conditions_[context.id.value], true);
    note_gate(ObjectId::of(ObjectClass::context, context.id.value), false, -1, context.id);
  }
  ready_.remove(context.id);
  eligible_.remove(context.id);
  unstarted_.remove(context.id);
  relaxing_.remove(context.id);
  awaiting_.remove(context.id);
  may_spin_.remove(context.id);
  timed_.remove(context.id);
  context.ended.set_free();
  ready_ = ready_ | context.ended.waiting;
}

ContextSet Machine::drop_contexts(Cpu id) {
  CpuState& cpu = cpus_[id.value];
  const ContextSet dropped = cpu.all();
  if (footprint_ != nullptr) {
    bool has_level[level_count] = {};
    for (ContextSet rest = dropped; !rest.empty(); rest.remove(rest.first()))
      has_level[static_cast<std::size_t>(contexts_[rest.first().value].level)] = true;
    for (std::size_t level = 0; level < level_count; ++level)
      if (has_level[level]) note_gate(gate(id, static_cast<Level>(level)), false, 1, running_->id);
    note_residents(id, Mode::write);
  }
  for (ContextSet rest = dropped; !rest.empty(); rest.remove(rest.first()))
    drop(contexts_[rest.first().value]);
  cpu.tasks = cpu.sources = ContextSet{};
  cpu.current = no_context;
  cpu.gives_way = false;
  cpu.handlers_running = cpu.keepers_depth = 0;
  cpu.keepers.fill(no_context);
  ++cpu.boots;
  return dropped;
}

void Machine::crash(HostId id, Place place) {
  HEDDLE_CHECK(id != HostId{}, "the world itself does not crash");
  HostState& host = hosts_[id.value];
  uses(object_of(id), Mode::write);
  if (!host.up) return;
  host.up = false;
  emit({.kind = EventKind::crash, .object = object_of(id), .place = place, .text = host.name});
  ContextSet dropped;
  for (std::uint16_t i = 0; i < host.cpus; ++i) {
    const Cpu cpu{static_cast<std::uint16_t>(host.first_cpu.value + i)};
    dropped = dropped | drop_contexts(cpu);
  }
  if (footprint_ != nullptr) note_end(*running_);
  heap_.lose(id);
  for (std::size_t i = 0; i < host.at_crash_count; ++i)
    host.at_crash[i].function(host.at_crash[i].argument);
  if (!dropped.contains(running_->id)) return;
  last_ = no_context;
  switch_to(choose_next());
  HEDDLE_CHECK(false, "a context is gone with its host");
}

void Machine::reboot(HostId id, Place place) {
  HostState& host = hosts_[id.value];
  HEDDLE_CHECK(!host.up, "a host comes up again after it went down");
  uses(object_of(id), Mode::write);
  host.up = true;
  ++host.boots;
  emit({.kind = EventKind::boot, .object = object_of(id), .place = place, .text = host.name});
  // What set-up did, and the contexts of the last boots to what outlives them, comes before this
  // one, also what those did who had ended before the crash.
  for (std::uint16_t i = 0; i < context_count_; ++i)
    if (i == 0 || host_of(ContextId{i}) == id)
      emit({.kind = EventKind::join,
            .mode = Mode::read,
            .sync = Sync::acquire,
            .object = ObjectId::of(ObjectClass::context, i)});
  const HostId before = boots_host_;
  boots_host_ = id;
  if (host.boot.function != nullptr) host.boot.function(host.boot.argument);
  boots_host_ = before;
}

Context& Machine::create_fault(const char* name, Strikes strikes, std::uint16_t landings,
                               Callable body) {
  require(cpu_count_ < cpus_max, "a world has 128 CPUs, one for each of its sources of faults");
  const Cpu cpu{cpu_count_++};
  cpus_[cpu.value].clear();
  Context& source = create_interrupt(name, cpu, Level::nmi, landings, body);
  source.strikes = strikes;
  if (footprint_ != nullptr) footprint_->add_far_reaching(source.id);
  return source;
}

void Machine::make_daemon(Context& task) {
  require(task.level == Level::task && task.state == ContextState::unstarted && !task.daemon,
          "a task becomes a daemon before it starts");
  task.daemon = true;
  ++daemons_;
  needs_care_ = true;
}

// ---- idleness -----------------------------------------------------------------------------------

/// Is there anybody but interrupts that may land, and need not?
bool Machine::somebody_goes_on(ContextSet enabled) const {
  for (; !enabled.empty(); enabled.remove(enabled.first())) {
    const Context& context = contexts_[enabled.first().value];
    if (context.state != ContextState::idle || context.raised != 0) return true;
  }
  return false;
}

bool Machine::only_daemons_wait() const {
  for (std::uint16_t i = 0; i < context_count_; ++i) {
    const Context& context = contexts_[i];
    if (context.state != ContextState::live || !context.daemon) continue;
    const bool serves = context.waits_for == &context.asleep ||
                        context.announced.object.cls() == ObjectClass::mailbox ||
                        context.announced.object.cls() == ObjectClass::world;
    if (!serves) return false;
  }
  return true;
}

/// Is there anything to be done because nobody who must go on can?
/// @returns who goes on for that reason, or nullptr.
Context* Machine::when_idle(ContextSet enabled) {
  if (finalised_) end(Outcome::finished);
  if (somebody_goes_on(enabled) || !(relaxing_ & eligible_).empty()) return nullptr;
  const bool only_daemons = live_ == daemons_ && raised_ == 0;
  if (only_daemons && only_daemons_wait()) {
    if (!settling_ && !settle_.empty()) return &begin_settling();
    if (!finalised_ && !finally_.empty()) return &begin_finally();
    end(Outcome::finished);
  }
  return advance_clock() ? &choose_next() : nullptr;
}

void Machine::settle(Callable callable) {
  require(runs_alone(), "set-up says how the world settles");
  settle_.push_back(callable);
}

Context& Machine::begin_settling() {
  settling_ = true;
  if (footprint_ != nullptr) note_pending();
  footprint_ = nullptr;  // what follows is no part of any schedule
  round_robin_ = RoundRobin{};
  choices_.settle(round_robin_);
  allocation_faults_left_ = AllocationFaults{};
  for (std::uint16_t i = 0; i < context_count_; ++i) {
    Context& source = contexts_[i];
    source.landings_left = 0;
    if (source.state == ContextState::idle && source.raised == 0) ready_.remove(source.id);
  }
  needs_care_ = true;
  const Cpu cpu{cpu_count_++};
  require(cpu.value < cpus_max, "a world has 128 CPUs, one for the task that settles it");
  cpus_[cpu.value].clear();
  const auto run = [](void* argument) {
    Machine& machine = *static_cast<Machine*>(argument);
    {
      const EngineScope engine(machine);
      for (std::uint16_t i = 0; i + 1 < machine.context_count_; ++i)
        machine.emit({.kind = EventKind::join,
                      .mode = Mode::read,
                      .sync = Sync::acquire,
                      .object = ObjectId::of(ObjectClass::context, i)});
    }
    for (std::size_t i = 0; i < machine.settle_.size(); ++i) {
      const Callable callable = machine.settle_[i];
      callable.function(callable.argument);
    }
  };
  Context& context = add_context("settle", cpu, Level::task, Callable{run, this});
  refresh(cpu);
  emit_for(contexts_[0], {.kind = EventKind::create,
                          .sync = Sync::release,
                          .object = ObjectId::of(ObjectClass::context, context.id.value),
                          .text = context.name});
  return choose_next();
}

}  // namespace heddle::sim
