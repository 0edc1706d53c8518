// Comparing states: what a state consists of, and how contexts are suspended where states are
// compared. Where that is so, whoever announces an operation leaves its stack, and a fiber of its
// own chooses: so a stack looks the same whether its context or another one has stepped last.
//
// Source: Holzmann, "The model checker SPIN", IEEE TSE 23(5), 1997, section 4 (hash compaction:
// Wolper and Leroy, CAV 1993). Of the past a state holds nothing: neither steps nor times of
// accesses, names or places; contexts that have ended have no stack.
#include <array>
#include <cstring>

#include "sim/machine/machine.hpp"

namespace heddle::sim {
namespace {

constexpr std::size_t chooser_stack_bytes = std::size_t{256} << 10;
/// Stacks are wiped down to where so many bytes have been zero already.
constexpr std::size_t clean_bytes = 4'096;
constexpr std::size_t block_bytes = 512;
static_assert(clean_bytes % block_bytes == 0);

bool is_zero(const std::byte* block) {
  std::array<std::uint64_t, block_bytes / 8> words;
  std::memcpy(words.data(), block, block_bytes);
  std::uint64_t any = 0;
  for (const std::uint64_t word : words) any |= word;
  return any == 0;
}

}  // namespace

// ---- choosing apart ----------------------------------------------------------------------------

void Machine::prepare_to_match(bool goes_on) {
  needs_care_ = true;
  if (chooser_stack_ == nullptr)
    chooser_stack_ = std::make_unique_for_overwrite<std::byte[]>(chooser_stack_bytes);
  chooser_fiber_.prepare({chooser_stack_.get() + chooser_stack_bytes, chooser_stack_bytes},
                         &Machine::choose_for_others, this);
  chooses_apart_ = goes_on;
  // What is left of earlier executions is part of no state.
  arena_.clean();
  if (!goes_on) return;
  for (std::uint16_t i = 0; i < context_count_; ++i)
    if (contexts_[i].state == ContextState::live)
      wipe_stack(contexts_[i].id, contexts_[i].fiber.stack_pointer());
}

Context& Machine::choose_apart() {
  Context& here = *running_;
  chooses_apart_ = true;
  Fiber::switch_to(here.fiber, chooser_fiber_);
  hooks.calls = &here.calls;
  hooks.filter.enter(here.id);
  return here;
}

void Machine::choose_for_others(void* argument) {
  Machine& machine = *static_cast<Machine*>(argument);
  for (;;) {
    const Context& suspended = *machine.running_;
    machine.wipe_stack(suspended.id, suspended.fiber.stack_pointer());
    Context& next = machine.choose_next();
    machine.chooses_apart_ = false;
    machine.running_ = &next;
    Fiber::switch_to(machine.chooser_fiber_, next.fiber);
  }
}

/// What calls have left there that are over would tell states apart, wherever a later frame leaves
/// bytes as they are.
void Machine::wipe_stack(ContextId id, void* below) const {
  const Stack stack = stacks_.at(id.value);
  const std::byte* const bottom = static_cast<std::byte*>(stack.top) - stack.size;
  auto* end = static_cast<std::byte*>(below);
  std::size_t clean = 0;
  while (clean != clean_bytes && static_cast<std::size_t>(end - bottom) >= block_bytes) {
    end -= block_bytes;
    clean += block_bytes;
    if (is_zero(end)) continue;
    std::memset(end, 0, block_bytes);
    clean = 0;
  }
}

// ---- what a state is ---------------------------------------------------------------------------

void Machine::look_at_state() {
  const bool compares = matcher_ != nullptr && !settling_ && matcher_->is_beyond_path();
  if (compares && can_be_saved() && matcher_->has_met(hash_state(), last_)) end(Outcome::given_up);
  if (saves_) save_if_due();
  looks_at_states_ = saves_ || matcher_ != nullptr;
}

StateHash Machine::hash_state() {
  hasher_.begin();
  hash_machine();
  for (std::uint16_t i = 0; i < context_count_; ++i) hash_context(contexts_[i]);
  for (std::uint16_t i = 0; i < context_count_; ++i) {
    const std::size_t used = arena_.used(ContextId{i});
    const std::uintptr_t heap = arena_layout::base + i * arena_layout::heap_bytes;
    hasher_.bytes(reinterpret_cast<const void*>(heap), used);
    hasher_.bytes(&shadow_.states(heap), used / 8 * sizeof(WordStates));
  }
  for (const Block& block : heap_.blocks())
    hasher_.values(block.address, block.size, block.freed, block.permanent, block.host);
  return hasher_.end();
}

void Machine::hash_machine() {
  hasher_.values(ready_, eligible_, relaxing_, may_spin_, awaiting_, timed_, finalised_, live_,
                 raised_, now_ms_, context_count_, cpu_count_, cpus_taken_, cpus_used_,
                 faults_granted_, boots_host_, daemons_, idle_relaxes_,
                 allocation_faults_left_.soft, allocation_faults_left_.hard, kernel_parts_);
  for (ContextSet rest = awaiting_; !rest.empty(); rest.remove(rest.first())) {
    const Condition& condition = conditions_[rest.first().value];
    hasher_.values(condition.mask, condition.value, condition.equal);
  }
  for (std::uint16_t i = 0; i < cpus_used_; ++i) {
    const CpuState& cpu = cpus_[i];
    hasher_.values(cpu.tasks, cpu.sources, cpu.current, cpu.gives_way, cpu.residents,
                   cpu.handlers_running, cpu.boots, cpu.host);
    for (std::uint8_t n = 0; n < cpu.handlers_running; ++n) hasher_.values(cpu.handlers[n]);
  }
  hasher_.values(hosts_.size(), finally_.size(), settle_.size(), invariants_.size());
  for (const HostState& host : hosts_) {
    hasher_.values(host.first_cpu, host.cpus, host.boots, host.up, host.drift_ppm, host.boot,
                   host.at_crash, host.at_crash_count);
  }
  for (const Callable& callable : finally_) hasher_.values(callable);
  for (const Callable& callable : settle_) hasher_.values(callable);
  for (const Invariant& invariant : invariants_)
    hasher_.values(invariant.lock, invariant.holds, invariant.argument);
}

void Machine::hash_context(const Context& context) {
  hasher_.values(context.state, context.level, context.cpu, context.ended.waiting,
                 context.ended.owner_code);
  if (context.state == ContextState::finished) return;
  const Operation& announced = context.announced;
  hasher_.values(announced.kind, announced.mode, announced.size, announced.object, announced.place);
  hasher_.values(context.body, context.argument, context.strikes, context.preempt_count,
                 context.softirq_count, context.read_sections, context.irqs_off, context.spins,
                 context.daemon, context.assertion_expected, context.migrations_left,
                 context.reschedules_left, context.needs_resched, context.landings_left,
                 context.raised, context.waits_for, context.sleep, context.sleeps,
                 context.sleeps_on, context.asleep.waiting, context.asleep.owner_code,
                 context.deadline_ms, context.pending_signals);
  if (context.state != ContextState::live) return;
  const void* const bottom = context.fiber.stack_pointer();
  const auto used =
      static_cast<std::size_t>(static_cast<const std::byte*>(stacks_.at(context.id.value).top) -
                               static_cast<const std::byte*>(bottom));
  hasher_.bytes(bottom, used);
}

}  // namespace heddle::sim
