#include "checkers/happens_before.hpp"

#include "sim/core/check.hpp"

namespace heddle::checkers {

using sim::Context;
using sim::ContextId;
using sim::Event;
using sim::EventKind;
using sim::Level;
using sim::ObjectClass;
using sim::ObjectId;

namespace {

constexpr unsigned bit(Level level) { return 1u << static_cast<unsigned>(level); }
constexpr unsigned up_to(Level level) { return 2u * bit(level) - 1; }

ContextId context_of(ObjectId object) {
  return ContextId{static_cast<std::uint16_t>(object.payload())};
}

}  // namespace

sim::EventMask HappensBefore::events() {
  return {
      EventKind::lock,   EventKind::trylock,    EventKind::unlock,         EventKind::load,
      EventKind::store,  EventKind::exchange,   EventKind::interrupt,      EventKind::block,
      EventKind::wake,   EventKind::create,     EventKind::join,           EventKind::mask,
      EventKind::unmask, EventKind::task_start, EventKind::interrupt_exit, EventKind::lock_init};
}

void HappensBefore::begin(sim::Machine& machine) {
  shadow_ = &machine.shadow();
  cpus_ = machine.config().cpus;
  if (cpu_clocks_.size() < cpus_) cpu_clocks_.resize(cpus_);
  cpu_known_.assign(cpus_, 0);
  if (syncs_.empty()) syncs_.resize(64);
  syncs_used_ = 1;
  time_ = 0;
  contexts_ = 0;
  width_ = 0;
}

void HappensBefore::archive(sim::Archive& archive) {
  archive.values(contexts_, width_, cpus_, syncs_used_, time_);
  archive.elements(now_.data(), contexts_);
  for (std::size_t i = 0; i < contexts_; ++i) archive.elements(clocks_[i].at, width_);
  for (std::size_t i = 1; i < syncs_used_; ++i) {
    const std::uint32_t* const end = syncs_[i].clock.at + width_;
    const auto* const begin = reinterpret_cast<const std::byte*>(&syncs_[i]);
    archive.part(syncs_, begin,
                 static_cast<std::size_t>(reinterpret_cast<const std::byte*>(end) - begin));
  }
  archive.used(cpu_known_, cpus_);
  for (std::size_t cpu = 0; cpu < cpus_; ++cpu) {
    if (cpu_known_[cpu] == 0) continue;
    for (auto& row : cpu_clocks_[cpu].of)
      for (VectorClock& clock : row)
        archive.part(cpu_clocks_, clock.at, width_ * sizeof(std::uint32_t));
  }
}

void HappensBefore::event(sim::Machine& machine, const Event& event) {
  switch (event.kind) {
    case EventKind::create:
      create(machine, event);
      break;
    case EventKind::task_start:
      know(event.context);
      break;
    case EventKind::join:
      acquire(event.context, clocks_[context_of(event.object).value]);
      break;
    case EventKind::interrupt:
    case EventKind::mask:
    case EventKind::unmask: {
      const Context& context = machine.context(event.context);
      change_section(context, masked_by(context));
      break;
    }
    case EventKind::interrupt_exit:
      change_section(machine.context(event.context), 0);
      break;
    default:
      synchronise(event);
      break;
  }
}

// ---- contexts ----------------------------------------------------------------------------------

void HappensBefore::know(ContextId id) {
  if (id.value < contexts_) return;
  HEDDLE_CHECK(id.value == contexts_, "contexts become known in the order of their numbers");
  ++contexts_;
  if (contexts_ > width_) widen();
  clear(clocks_[id.value], 0, width_);
  now_[id.value] = Now{++time_};
  clocks_[id.value].at[id.value] = time_;
}

/// Makes room in all clocks for more contexts, about which nobody knows anything yet.
void HappensBefore::widen() {
  const std::size_t old = width_;
  width_ = clock_width(contexts_);
  for (std::size_t i = 0; i + 1 < contexts_; ++i) clear(clocks_[i], old, width_);
  for (std::size_t i = 1; i < syncs_used_; ++i) clear(syncs_[i].clock, old, width_);
  for (std::size_t cpu = 0; cpu < cpus_; ++cpu) {
    if (cpu_known_[cpu] == 0) continue;
    for (auto& row : cpu_clocks_[cpu].of)
      for (VectorClock& clock : row) clear(clock, old, width_);
  }
}

/// What the creator did comes before all that the new context does; for an interrupt source this is
/// its only order with anybody but through locks, atomics and masks.
void HappensBefore::create(sim::Machine& machine, const Event& event) {
  const ContextId created = context_of(event.object);
  know(created);
  acquire(created, clocks_[event.context.value]);
  advance(event.context);
  const sim::Cpu cpu = machine.context(created).cpu;
  for (; cpus_ <= cpu.value; ++cpus_) {  // faults come from CPUs beyond those of the world
    if (cpu_clocks_.size() <= cpus_) cpu_clocks_.resize(cpus_ + 1);
    if (cpu_known_.size() <= cpus_) cpu_known_.resize(cpus_ + 1);
    cpu_known_[cpus_] = 0;
  }
  if (machine.cpu(cpu).residents == 2) share(machine, cpu, created);
}

/// The masks of the one context that the CPU had so far made no events. If it lives, its section is
/// known from here on; if not, all that it did counts as one section.
void HappensBefore::share(sim::Machine& machine, sim::Cpu cpu, ContextId newcomer) {
  for (std::uint16_t i = 1; i < contexts_; ++i) {
    const Context& context = machine.context(ContextId{i});
    if (context.cpu != cpu || context.id == newcomer) continue;
    if (context.state == sim::ContextState::live) {
      now_[i].masked = masked_by(context);
    } else if (context.state != sim::ContextState::unstarted) {
      change_section(context, static_cast<Levels>(up_to(Level::hardirq)));
      change_section(context, 0);
    }
  }
}

/// The context's own entry moves on, so that what it does next is not known to those who know what
/// it did so far.
void HappensBefore::advance(ContextId id) {
  HEDDLE_CHECK(time_ < 0xFFFF'FFF0, "an execution has fewer than 2^32 releases");
  now_[id.value].time = clocks_[id.value].at[id.value] = ++time_;
}

// ---- synchronisation objects
// ---------------------------------------------------------------------

void HappensBefore::synchronise(const Event& event) {
  if (event.object.cls() != ObjectClass::memory && event.object.cls() != ObjectClass::context &&
      event.object.cls() != ObjectClass::mailbox)
    return;
  const bool replaces = event.kind == EventKind::store ||
                        (event.kind == EventKind::lock_init && event.sync == sim::Sync::none);
  synchronise(event.context, event.sync, replaces, first_of(event.object),
              event.object.payload() & 7);
}

/// `replaces`: what earlier releases of the object published ends.
void HappensBefore::synchronise(ContextId id, sim::Sync how, bool replaces, std::uint32_t& first,
                                std::uint32_t offset) {
  SyncClock* sync = find(first, offset);
  if (how == sim::Sync::none) {
    if (replaces && sync != nullptr) clear(sync->clock, 0, width_);
    return;
  }
  VectorClock& mine = clocks_[id.value];
  if (sim::acquires(how) && sync != nullptr) join(mine, sync->clock, width_);
  if (!sim::releases(how)) return;
  if (sync == nullptr) sync = &add(first, offset);
  // Who has acquired all that was published knows more than it tells anyway.
  if (replaces || sim::acquires(how))
    assign(sync->clock, mine, width_);
  else
    join(sync->clock, mine, width_);
  advance(id);
}

/// Where the list of the synchronisation objects of the object's word begins.
std::uint32_t& HappensBefore::first_of(ObjectId object) {
  if (object.cls() == ObjectClass::context) return now_[context_of(object).value].mailbox;
  HEDDLE_CHECK(sim::arena_layout::contains(object.payload()),
               "objects that contexts synchronise by lie in simulated memory");
  return shadow_->cell(object.payload()).sync;
}

HappensBefore::SyncClock* HappensBefore::find(std::uint32_t first, std::uint32_t offset) {
  for (std::uint32_t i = first; i != 0; i = syncs_[i].next)
    if (syncs_[i].offset == offset) return &syncs_[i];
  return nullptr;
}

HappensBefore::SyncClock& HappensBefore::add(std::uint32_t& first, std::uint32_t offset) {
  if (syncs_used_ == syncs_.size()) syncs_.resize(2 * syncs_used_);
  SyncClock& sync = syncs_[syncs_used_];
  clear(sync.clock, 0, width_);
  sync.offset = offset;
  sync.next = first;
  first = static_cast<std::uint32_t>(syncs_used_++);
  return sync;
}

// ---- masks
// ---------------------------------------------------------------------------------------

HappensBefore::Levels HappensBefore::masked_by(const Context& context) const {
  unsigned levels = context.level == Level::task ? 0u : up_to(context.level);
  if (context.preempt_count != 0) levels |= bit(Level::task);
  if (context.softirq_count != 0) levels |= up_to(Level::softirq);
  if (context.irqs_off) levels |= up_to(Level::hardirq);
  return static_cast<Levels>(levels);
}

void HappensBefore::change_section(const Context& context, Levels masked) {
  const unsigned before = now_[context.id.value].masked;
  const unsigned begins = masked & ~before;
  const unsigned ends = before & ~unsigned{masked};
  now_[context.id.value].masked = masked;
  CpuClocks& cpu = cpu_clocks_[context.cpu.value];
  std::uint16_t& cpu_known = cpu_known_[context.cpu.value];
  const auto level = static_cast<unsigned>(context.level);
  constexpr unsigned levels = sim::level_count;
  for (unsigned m = 0; m < levels; ++m) {
    if ((begins >> m & 1) != 0 && (cpu_known >> (m * levels + level) & 1) != 0)
      acquire(context.id, cpu.of[m][level]);
  }
  if (ends == 0) return;
  const VectorClock& mine = clocks_[context.id.value];
  for (unsigned m = 0; m < levels; ++m) {
    if ((ends >> m & 1) == 0) continue;
    const unsigned known = 1u << (level * levels + m);
    if ((cpu_known & known) != 0)
      join(cpu.of[level][m], mine, width_);
    else
      assign(cpu.of[level][m], mine, width_);
    cpu_known = static_cast<std::uint16_t>(cpu_known | known);
  }
  advance(context.id);
}

}  // namespace heddle::checkers
