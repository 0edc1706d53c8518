// The machine: runs one execution after another. It decides who may step (the rules of CPUs,
// preemption and interrupts), asks the door of choice who does, and tells observers what happened.
//
// The scheduler has no stack of its own: it runs on the stack of the context that announces an
// operation, and switches at most once a step, straight to the chosen context.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/core/check.hpp"
#include "sim/core/event.hpp"
#include "sim/core/finding.hpp"
#include "sim/fiber/fiber.hpp"
#include "sim/machine/config.hpp"
#include "sim/machine/context.hpp"
#include "sim/machine/cpu_state.hpp"
#include "sim/machine/execution_state.hpp"
#include "sim/machine/host_state.hpp"
#include "sim/machine/names.hpp"
#include "sim/machine/observer.hpp"
#include "sim/machine/snapshots.hpp"
#include "sim/memory/arena.hpp"
#include "sim/memory/atomic_access.hpp"
#include "sim/memory/heap.hpp"
#include "sim/memory/hooks.hpp"
#include "sim/memory/shadow.hpp"

namespace heddle::sim {

/// A condition that must hold whenever `lock` is about to be released.
struct Invariant {
  const char* name = "";
  ObjectId lock;
  bool (*holds)(void* argument) = nullptr;
  void* argument = nullptr;
};

/// There is at most one in a process at a time, since the arena's addresses are fixed.
class Machine final : public AccessHandler, private ExecutionState {
 public:
  Machine();
  ~Machine() override;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // ---- between executions ---------------------------------------------------------------------

  /// Holds from the next execution on.
  void configure(const MachineConfig& config);
  const MachineConfig& config() const { return config_; }

  /// Observers are told in the order in which they were attached. The observer outlives the machine
  /// or is detached before it goes.
  void attach(Observer& observer);
  void detach_all();

  /// Where the chooser lets it (Chooser::resumable), an execution goes on from a saved state of the
  /// one before, with equal results; not with false. @pre until it is set up anew, the chooser gets
  /// the same `setup` each time.
  void use_snapshots(bool use) {
    uses_snapshots_ = use;
    forget_snapshots();
  }
  /// Until it is configured anew it gets the same `setup` under all choosers: what comes before the
  /// first choice need not be executed again.
  void assume_same_setup() { has_same_setup_ = true; }

  /// Runs one execution: `setup` first, as the context "boot", then everything that it created,
  /// then what it left to finally(). Reusable at once, whatever the outcome.
  Outcome run(Callable setup, Chooser& chooser, ChoiceLog log);

  // ---- what the last or the running execution did ---------------------------------------------

  const std::vector<Finding>& findings() const { return findings_; }
  StepIndex steps() const { return step_; }
  /// Those of them that an earlier one had taken, from whose state it went on.
  StepIndex steps_kept() const { return steps_kept_; }
  const Choices& choices() const { return choices_; }
  std::uint16_t context_count() const { return context_count_; }
  const Context& context(ContextId id) const { return contexts_[id.value]; }
  Context& context(ContextId id) { return contexts_[id.value]; }
  const CpuState& cpu(Cpu cpu) const { return cpus_[cpu.value]; }
  /// Of the world, and those that faults come from.
  std::uint16_t cpu_count() const { return cpu_count_; }
  std::uint16_t host_count() const { return static_cast<std::uint16_t>(hosts_.size()); }
  const HostState& host(HostId id) const { return hosts_[id.value]; }
  Heap& heap() { return heap_; }
  const Heap& heap() const { return heap_; }
  Arena& arena() { return arena_; }
  Shadow& shadow() { return shadow_; }
  const Shadow& shadow() const { return shadow_; }
  void name(const Names::Entry& entry);
  Names& names() { return names_; }
  const Names& names() const { return names_; }
  const StackPool& stacks() const { return stacks_; }

  /// Whom `id` waits for: the owner of what it waits for, or who keeps its CPU busy.
  /// @returns no_context if nobody in particular keeps it from going on.
  ContextId blocked_by(ContextId id) const;

  // ---- called while an execution runs -----------------------------------------------------------

  /// The machine whose execution runs. @pre one does (checked).
  static Machine& running();
  static bool is_running() { return running_machine_ != nullptr; }
  Context& self() { return *running_; }
  /// Does nobody but the running context step, as during set-up and finally?
  bool runs_alone() const { return alone_ != no_context; }
  /// Has what was left to finally() begun? The last context is the one that runs it, then.
  bool has_finalised() const { return finalised_; }

  /// Reports something wrong with the code under test. The same (kind, places) counts once in an
  /// execution. A fatal one ends the execution before the code under test goes on.
  void report(const Finding& finding);
  /// A finding about what the running context does at `place`.
  Finding finding_here(FindingKind kind, Place place, const char* verb, ObjectId object) const;
  /// A fatal one, about no object; nothing of the execution goes on. `detail`: a sentence of it.
  [[noreturn]] void stop_with(FindingKind kind, Place place, const char* verb, const char* detail);
  /// The running context asks of the simulator what it does not have: a finding, which ends the
  /// execution. `sentence`: what must hold.
  [[noreturn]] void misused(const char* sentence, Place place = {}) {
    stop_with(FindingKind::invariant, place, "misuses the simulator", sentence);
  }
  void require(bool holds, const char* sentence, Place place = {}) {
    if (!holds) [[unlikely]]
      misused(sentence, place);
  }

  /// How often something has changed that others may be waiting for (changes_something). Counted
  /// only while somebody observes the execution.
  std::uint64_t changes() const { return changes_; }
  /// Does anybody want events of this kind?
  bool is_observed(EventKind kind) const {
    return by_kind_[static_cast<std::size_t>(kind)].count != 0;
  }
  /// Tells the observers. Fills in context, CPU and step. Inlined so that nothing is built for an
  /// event that nobody wants.
  [[gnu::always_inline]] void emit(Event event) {
    if (changes_something(event)) ++changes_;
    if (is_observed(event.kind)) tell(*running_, event);
  }

  /// The same for those whom an access of the step that orders (Access::orders) has not told.
  [[gnu::always_inline]] void emit_access(Event event) {
    if (changes_something(event)) ++changes_;
    const ObserverList& list = of_accesses_[static_cast<std::size_t>(event.kind)];
    if (list.count != 0) tell(list, *running_, event);
  }

  /// Announces the operation and returns when the running context was chosen to execute it.
  [[gnu::always_inline]] void step(const Operation& operation) {
    running_->announced = operation;
    schedule();
  }

  // Waiting. A primitive that can block announces its operation, says that the context waits, calls
  // schedule() until it is free to go on; and wakes the others when it is done (sim/kernel).

  void announce(const Operation& operation) { running_->announced = operation; }
  /// Lets the chooser decide who steps; returns when it is the running context. Inlined because a
  /// processor mispredicts every return between a switch and the code under test.
  [[gnu::always_inline]] void schedule() {
    hooks.handler = nullptr;
    Context& here = *running_;
    Context& next = choose_next();
    if (&next != &here) {
      switch_to(next);
      hooks.calls = &here.calls;
      hooks.filter.enter(here.id);
    }
    hooks.handler = this;
  }
  /// The running context joins those who wait for `object`; unless it is free, it is not chosen
  /// before wake(). With `may_spin` it may be chosen once all the same, to begin to spin.
  void wait_for(Waitable& object, bool may_spin);
  /// The chosen context begins to spin: it keeps its CPU and is not chosen before wake(). The
  /// caller has masked what the lock masks.
  void begin_spinning();
  /// The same for a context that sleeps: others of its CPU run meanwhile. Where it may not be
  /// preempted it may be chosen once while `object` is not free, to fall_asleep().
  void wait_asleep(Waitable& object);
  /// The chosen context, which waits for what is not free, sleeps until wake().
  void fall_asleep();
  /// The running context no longer waits for `object`, and does not take it either.
  void stop_waiting(Waitable& object);
  /// Would a context that keeps its CPU busy at this mask keep somebody off who could run there
  /// now?
  bool keeps_somebody_off(const Context& context, Mask mask) const;
  /// The running context takes `object`; the others who wait for it are no longer chosen.
  void take(Waitable& object);
  /// `object` is free; all who wait for it may be chosen.
  void wake(Waitable& object);
  /// `object` is free, but nobody will ever get it.
  void take_for_ever(Waitable& object);
  /// The object, which is what the running step announced, is free from here on for one of those
  /// who wait for it, or for nobody. It belongs to no context.
  void open(Waitable& object);
  void close(Waitable& object);
  /// The memory is freed: who waits for something in it may be chosen, and finds that out.
  void wake_all_in(std::uintptr_t address, std::size_t size);

  // Sleeping until somebody says so. A context prepares, within a step; it looks whether it must
  // wait at all; it sleeps. Who wakes it after it has prepared is not missed.

  /// From here on the running context can be woken from its next sleep. `object` is what it waits
  /// for, to be named in findings; `owner` who must end the wait, or no_context.
  void prepare_to_sleep(Sleep sleep, ObjectId object, ContextId owner);
  /// A step: sleeps until it is woken; goes on at once if it was since it prepared. Wakes for no
  /// reason if it did not prepare.
  void sleep(Place place);
  /// The running context is awake, and no longer prepared.
  void stay_awake();
  /// Wakes `context` if its sleep is among `sleeps`. Within a step. @returns whether it was.
  bool wake_sleeper(Context& context, Sleep sleeps);
  /// A signal is pending for the context, and wakes it if its sleep lets it. Within a step.
  void signal(Context& context, int number);
  /// Bit s - 1: signal s. Notes that the running step has looked.
  std::uint64_t pending_signals(Mode mode);

  /// The running step uses the object besides the one that it announced: for reductions. `size`: in
  /// bytes, of memory.
  void uses(ObjectId object, Mode mode, std::uint32_t size = 1) {
    if (footprint_ != nullptr) footprint_->add(Touch::of(object, size, mode));
  }
  /// The running step does not change what it announced to write.
  void only_reads() {
    if (footprint_ != nullptr) footprint_->only_reads();
  }
  /// The running step could not be taken while what it announced was closed.
  void needs_announced() {
    if (footprint_ != nullptr) note_gate(running_->announced.object, true, 0, no_context);
  }
  /// Whether the running step changes what it announced to write depends on its being free.
  void tries(Exchanged::Kind kind) {
    if (footprint_ != nullptr) footprint_->exchanged.kind = kind;
  }
  /// Tells the observers of an access to simulated memory by the vocabulary itself, such as to a
  /// lock; its first word stands for the whole. No step. Fills in the context.
  void touch(Access access);
  /// The CPU of the running task is free for others while it waits: it sleeps. For a context that
  /// does not have its CPU nothing changes.
  void leave_cpu();
  /// The running context does nothing until somebody else has stepped (cpu_relax). If nobody else
  /// can, it goes on all the same, but only Limits::idle_relaxes_max times in an execution.
  void relax(Place place);
  /// The running context lets other tasks of its CPU run, also where preemption is restricted.
  void yield(Place place);

  /// The task may go on on another CPU so many times, where it gives way (see migrate()). @pre
  /// called before it has taken a step, by the world's set-up (checked).
  void let_migrate(Context& task, std::uint16_t times);
  /// The running task goes on on `to`, as soon as it may run there: a step. @pre it was let, and is
  /// not atomic (checked).
  void migrate(Cpu to, Place place);

  // Masks. Each is a step when somebody else lives on the CPU.

  void mask(Mask mask, Place place);
  void unmask(Mask mask, Place place);
  /// The same as part of another step: no step of its own.
  void mask_within_step(Mask mask, Place place);
  void unmask_within_step(Mask mask, Place place);

  // Contexts.

  /// Creates a task. From within an execution's tasks this is a step.
  Context& create_task(const char* name, Cpu cpu, Callable body, Place place);
  /// Creates an interrupt source whose handler is `body`; it lands by itself `landings` times at
  /// most.
  Context& create_interrupt(const char* name, Cpu cpu, Level level, std::uint16_t landings,
                            Callable body);
  /// One more landing of the interrupt source is due.
  void raise(Context& source);
  /// Blocks until the task has ended.
  void join(Context& task, Place place);
  /// Stops the running context for good without counting it as one that hangs.
  [[noreturn]] void park();
  /// Ends the execution; call after a fatal finding.
  [[noreturn]] void stop();
  void add_invariant(const Invariant& invariant);
  const std::vector<Invariant>& invariants() const { return invariants_; }
  /// Runs when every task has ended, in the order of registration.
  void finally(Callable callable);

  // Hosts (hosts.cpp). Each has CPUs of its own; what its contexts allocate is gone when it
  // crashes.

  /// A host with the world's next free CPUs. @pre called by set-up; the world has them (checked).
  HostId add_host(const char* name, std::uint16_t cpus);
  /// Runs `boot` as the routine with which the host comes up: now, and at each reboot in one go. It
  /// creates the host's tasks. @pre called by set-up.
  void boot(HostId host, Callable boot);
  /// The host goes down within the running step: its contexts are dropped where they are, its
  /// memory is gone, those who wait for the end of its tasks go on. Does not return if the running
  /// context is one of its own. Nothing happens if it is down.
  void crash(HostId host, Place place);
  /// The host comes up again within the running step. @pre it is down (checked).
  void reboot(HostId host, Place place);
  /// From the beginning on its clock has gone so many millionths faster. @pre called by set-up.
  void set_drift(HostId host, std::int32_t ppm) { hosts_[host.value].drift_ppm = ppm; }
  /// Called within the crash of the host, after its contexts are gone.
  void at_crash(HostId host, Callable callable);
  /// Whose memory the running context allocates.
  HostId current_host() const {
    return boots_host_ != HostId{} ? boots_host_ : cpus_[running_->cpu.value].host;
  }
  HostId host_of(ContextId id) const { return cpus_[contexts_[id.value].cpu.value].host; }
  /// Notes that the running step depends on the host's being up.
  bool is_up(HostId host);
  /// An interrupt source on a CPU that nobody else lives on: a fault of the world, which lands at
  /// any step, up to `landings` times by itself, or when raised. The handler is one step, in which
  /// the tasks that it creates need none of their own. What it strikes is what traces count it as.
  Context& create_fault(const char* name, Strikes strikes, std::uint16_t landings, Callable body);
  /// The task serves others: the execution ends though it waits. @pre it has not started.
  void make_daemon(Context& task);
  /// When all tasks but daemons have ended, and these wait: runs `callable` as a task, while faults
  /// cease, the schedule is fair, and time passes by the clock; all that follows is no choice any
  /// more.
  void settle(Callable callable);
  bool is_settling() const { return settling_; }

  // Virtual time, in milliseconds (time.cpp).

  /// Since the execution began. Noted for reductions.
  std::int64_t now_ms();
  /// What the clock of the host shows, which drifts; time stands still for nobody.
  std::int64_t clock_ms(HostId host);
  /// A step: goes on when the time has come.
  void sleep_until(std::int64_t deadline_ms, Place place);
  /// Announces the operation and blocks until `object` is free or the time has come, which it does
  /// at any step where time is asynchronous; a deadline of for_ever never comes. The caller takes
  /// the object. @returns false if it is not free.
  bool wait_until(Waitable& object, std::int64_t deadline_ms, const Operation& operation);
  static constexpr std::int64_t for_ever = std::int64_t{1} << 62;

  // Values and faults.

  /// The way that the world takes; 0 is harmless. Within a step.
  std::uint32_t choose_fault(std::uint32_t arity);

  /// One of 0..arity - 1.
  std::uint32_t choose(std::uint32_t arity);
  enum class AllocationFault : std::uint8_t { none, soft, hard };
  /// Consumes one of the execution's allocation faults, if a choice says so.
  AllocationFault inject_allocation_fault();
  /// How many allocations may fail in this execution, from now on.
  void set_allocation_faults(AllocationFaults faults) {
    allocation_faults_left_ = faults;
    faults_granted_ = faults_granted_ || faults != AllocationFaults{};
  }

  /// A block that belongs to the running context's heap; marks racy fields for interleaving.
  /// Ends the execution as bound_reached when the heap is full.
  std::uintptr_t allocate(std::size_t size, const char* label, Heap::Fill fill, Place place);
  using ExecutionState::kernel_parts_max;
  void*& kernel_part(std::size_t number) { return kernel_parts_[number]; }

  /// Bytes of the running context's heap without a block: storage of the engine's own.
  void* allocate_raw(std::size_t size);

  // ---- AccessHandler ----------------------------------------------------------------------------

  void plain(std::uintptr_t address, std::size_t size, Mode mode, Place place) override;
  void range(std::uintptr_t address, std::size_t size, Mode mode, Place place) override;
  void copy(std::uintptr_t to, std::uintptr_t from, std::size_t size, Place place) override;
  /// A read of bytes that leave the kernel: whoever gets them must not see what nobody wrote.
  void disclose(std::uintptr_t address, std::size_t size, Place place);
  void marked(std::uintptr_t address, std::size_t size, Mode mode, Place place) override;
  bool announce_atomic(EventKind kind, Mode mode, std::uint16_t size, std::uintptr_t address,
                       Place place) override;
  void atomic(Access& access, const AtomicChange& change) override;
  /// An atomic load as a step that is taken only while it finds what the condition asks for. Its
  /// context keeps its CPU meanwhile. `size`: 1, 2, 4 or 8 bytes.
  std::uint64_t load_when(const volatile void* object, std::size_t size, MemoryOrder order,
                          const Condition& condition, Place place);
  /// Does the context wait in load_when() for another value than memory has?
  bool awaits(ContextId id) const { return awaiting_.contains(id) && !ready_.contains(id); }
  bool owns(std::uintptr_t address) const override;
  [[noreturn]] void endless(Place place) override;

  /// Turns hooks off for as long as it lives: heddle's own work inside a context.
  class EngineScope {
   public:
    explicit EngineScope(Machine& machine) : machine_(machine) {
      hooks.handler = nullptr;
      keep_order();
    }
    ~EngineScope() {
      keep_order();
      hooks.handler = &machine_;
    }
    EngineScope(const EngineScope&) = delete;
    EngineScope& operator=(const EngineScope&) = delete;

   private:
    /// The compiler adds the hooks late: without this it sees no reader between the two stores, and
    /// drops the first one.
    [[gnu::always_inline]] static void keep_order() { asm volatile("" ::: "memory"); }

    Machine& machine_;
  };

 private:
  struct ObserverList {
    static constexpr std::size_t count_max = 12;
    std::array<Observer*, count_max> observers{};
    std::size_t count = 0;
    void add(Observer& observer);
  };
  /// Who is told of accesses.
  struct AccessObservers {
    std::array<ObserverList, 4>
        unless{};             // by bits of Noted: of an access of which these are noted
    std::uint8_t enough = 0;  // of which nobody needs to be told
    bool empty() const { return unless[0].count == 0; }
    void add(Observer& observer);
  };

  void reset();
  void begin(Callable setup);
  void go_on_from(const Archive& state);
  void forget_snapshots();
  bool saves_start() const {
    return has_same_setup_ && !has_start_ && footprint_ == nullptr && matcher_ == nullptr &&
           uses_snapshots_ && has_snapshots;
  }
  void save_if_due();
  void look_at_state();
  StateHash hash_state();
  void hash_machine();
  void hash_context(const Context& context);
  /// `goes_on`: from a saved state, which was left where somebody was to be chosen.
  void prepare_to_match(bool goes_on);
  void wipe_stack(ContextId id, void* below) const;
  Context& choose_apart();
  static void choose_for_others(void* machine);
  /// Who has the processor: whoever steps, or who chooses for them.
  Fiber& fiber_here() { return chooses_apart_ ? chooser_fiber_ : running_->fiber; }
  void save();
  bool archive(Archive& archive);
  void archive_contexts(Archive& archive);
  bool can_be_saved() const;
  void end_without_room_for_a_context();
  void stop_without_cpu(Cpu cpu, Place place);
  Context& add_context(const char* name, Cpu cpu, Level level, Callable body);
  void prepare(Context& context);
  static void enter(void* context);
  /// Returns only if the context is a handler that lands again at once.
  void leave(Context& context);
  void begin_handler(Context& handler);
  void end_handler(Context& handler);
  static void enter_finally(void* machine);
  Context& begin_finally();
  Context& begin_settling();
  Context* when_idle(ContextSet enabled);
  bool somebody_goes_on(ContextSet enabled) const;
  bool only_daemons_wait() const;
  bool advance_clock();
  ContextSet drop_contexts(Cpu id);
  void drop(Context& context);
  bool is_fault(const Context& context) const { return context.cpu.value >= config_.cpus; }
  /// A daemon is about to wait. Whether it has to is for its next step to depend on.
  void note_idling() {
    if (footprint_ != nullptr && running_->daemon) note_end(*running_);
  }
  Context& choose_next();
  Context& choose_with_care();
  Context& choose_among(ContextSet enabled);
  void relax_until_step(ContextId chosen);
  [[gnu::always_inline]] inline Context& take_step(ContextId chosen);
  Context& take_cpu(Context& context);
  Context& start_fresh(ContextSet fresh);
  ContextSet resume_relaxing();
  Context& nobody_enabled();
  [[noreturn]] void end(Outcome outcome);
  [[gnu::always_inline]] void switch_to(Context& next) {
    Context& here = *running_;
    if (&next == &here) return;
    running_ = &next;
    Fiber::switch_to(here.fiber, next.fiber);
  }
  void refresh(Cpu cpu);
  ContextSet allowed_sources(const CpuState& cpu) const;
  void refresh_if_crowded(Cpu cpu) {
    if (cpus_[cpu.value].crowded() || note_also(cpu)) refresh(cpu);
  }
  void change_mask(Context& context, Mask mask, bool on, Place place);
  /// Fills in the rest of the event where it is: to copy one that was just written costs 10 ns.
  void tell(const Context& context, Event& event);
  void tell(const ObserverList& list, const Context& context, Event& event);
  /// emit() about another context than the running one.
  [[gnu::always_inline]] void emit_for(const Context& context, Event event) {
    if (changes_something(event)) ++changes_;
    if (is_observed(event.kind)) tell(context, event);
  }
  void wake_relaxing(ContextId except);
  void look_again();
  // For the footprint of the running step, in schedule.cpp. @pre footprint_ is set.
  ObjectId gate(Cpu cpu, Level level) const {
    return ObjectId::of(ObjectClass::gate, std::uint64_t{cpus_[cpu.value].boots} << 16 |
                                               (cpu.value * 8u + static_cast<unsigned>(level)));
  }
  bool keeps_level_off(const CpuState& cpu, const Context& here, Level level) const;
  void note_gates(Cpu cpu);
  /// Who has ended could have run before: a footprint must not depend on whether that is so.
  bool note_also(Cpu cpu) const { return footprint_ != nullptr && cpus_[cpu.value].shared(); }
  void note_gate(ObjectId object, bool needs, int closes, ContextId keeper);
  void note_residents(Cpu cpu, Mode mode) const;
  void note_creation(const Context& context);
  void note_end(const Context& context);
  void note_pending();
  void tell_access(const Access& access, unsigned noted);
  [[gnu::noinline]] void note_exchange(const Access& access, const AtomicChange& change) const;
  [[gnu::noinline]] void tell_event(const ObserverList& list, const Access& access,
                                    std::uint64_t value);
  bool is_scheduled_access(std::uintptr_t address) const;
  void mark_racy(const Block& block);

  static Machine* running_machine_;

  // Hot, beside the state.
  Choices choices_;
  Footprint* footprint_ = nullptr;  // of the running step; nullptr: nobody wants it
  bool saves_ = false;              // states of this execution, for the next ones
  bool saves_now_ = false;          // the running context waits for its state to be saved
  bool looks_at_states_ = false;    // saves them, or compares them
  StateMatcher* matcher_ = nullptr;
  bool chooses_apart_ = false;  // the fiber that chooses runs
  Resumable* resumable_ = nullptr;
  std::array<const Operation*, contexts_max> announced_{};
  std::array<Condition, contexts_max> conditions_{};  // of those in `awaiting_`
  AccessObservers on_access_;
  std::array<ObserverList, event_kind_count> by_kind_{};
  std::array<ObserverList, event_kind_count> of_accesses_{};  // events of accesses that order

  std::vector<HostState> hosts_;
  std::vector<Callable> settle_;
  RoundRobin round_robin_;
  Outcome outcome_ = Outcome::finished;
  MachineConfig config_;
  Arena arena_;
  Shadow shadow_;
  Heap heap_;
  Names names_;
  StackPool stacks_;
  Fiber driver_;
  Fiber chooser_fiber_;  // where states are compared: all contexts are suspended alike then
  std::unique_ptr<std::byte[]> chooser_stack_;
  StateHasher hasher_;
  Snapshots snapshots_;
  Archive start_;  // the state before the first choice
  bool has_start_ = false;
  bool can_archive_ = true;  // unless an observer cannot
  bool has_same_setup_ = false;
  bool uses_snapshots_ = true;
  StepIndex steps_kept_ = 0;
  std::vector<Observer*> observers_;
  std::vector<Finding> findings_;
  std::vector<Callable> finally_;
  std::vector<Invariant> invariants_;
  std::array<CpuState, cpus_max> cpus_;
  std::unique_ptr<Context[]> contexts_;
};

}  // namespace heddle::sim
