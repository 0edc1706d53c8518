// A flow of control of the world: a task, or the handler of an interrupt source.
#pragma once

#include <cstdint>

#include "sim/core/context_set.hpp"
#include "sim/core/event.hpp"
#include "sim/core/ids.hpp"
#include "sim/fiber/fiber.hpp"
#include "sim/memory/hooks.hpp"

namespace heddle::sim {

/// Something that contexts wait for, as part of a lock or another object in the arena. All bytes
/// zero is the state "free, nobody waits".
struct Waitable {
  ContextSet waiting;            ///< who has announced to take it and has not yet
  std::uint16_t owner_code = 0;  ///< owner + 1, or 0 for free: zeroed memory is a free Waitable

  static constexpr std::uint16_t taken_for_ever = 0xFFFF;  ///< nobody holds it, nobody will get it

  bool is_free() const { return owner_code == 0; }
  /// @returns no_context if it is free or taken for ever.
  ContextId owner() const {
    return owner_code == 0 || owner_code == taken_for_ever
               ? no_context
               : ContextId{static_cast<std::uint16_t>(owner_code - 1)};
  }
  void set_owner(ContextId id) { owner_code = static_cast<std::uint16_t>(id.value + 1); }
  void set_free() { owner_code = 0; }
};

enum class ContextState : std::uint8_t {
  unstarted,  ///< created; runs up to its first visible operation as soon as its CPU could run it
  live,       ///< has announced an operation, or runs
  idle,       ///< an interrupt source whose handler does not run
  finished,
  parked,  ///< stopped for good by the code under test (a panic that spares the rest)
  crashed  ///< gone with its host
};

/// How deep a context sleeps, or is about to: what may wake it. Bits, so that a waker can name
/// several.
enum class Sleep : std::uint8_t {
  awake = 0,
  uninterruptible = 1,  ///< only by what it waits for
  killable = 2,         ///< also by SIGKILL
  interruptible = 4,    ///< also by any signal
  any = 7
};

/// What a fault of the world strikes (Machine::create_fault).
enum class Strikes : std::uint8_t { nothing, host, link };

struct Context {
  // Stays as it was created.
  ContextId id;
  Level level = Level::task;
  Strikes strikes = Strikes::nothing;  ///< of interrupt sources that are faults
  void (*body)(void* argument) = nullptr;
  void* argument = nullptr;
  Place created_at;
  char name[24] = {};  ///< zero-terminated; longer names are cut

  Operation announced;
  Fiber fiber;
  Cpu cpu;
  ContextState state = ContextState::unstarted;
  std::uint16_t preempt_count = 0;  ///< preempt_disable and locks held, of this context
  std::uint16_t softirq_count = 0;  ///< local_bh_disable and …_bh locks held
  std::uint16_t read_sections =
      0;  ///< RCU read sections it is in, nested; it may be preempted there
  bool irqs_off = false;
  bool spins = false;               ///< waits with its CPU kept busy
  bool daemon = false;              ///< does not keep the execution going while it waits
  bool assertion_expected = false;  ///< the next false assertion is what the specification asks for
  std::uint16_t migrations_left = 0;   ///< how often it may still go on on another CPU
  std::uint16_t reschedules_left = 0;  ///< how often it may still be told to give way
  bool needs_resched = false;          ///< it was told, and has not given way since
  std::uint16_t landings_left = 0;     ///< interrupt sources: spontaneous landings that remain
  std::uint16_t raised = 0;            ///< interrupt sources: landings that are due
  const Waitable* waits_for = nullptr;
  Sleep sleep = Sleep::awake;    ///< set before it looks whether it must sleep, to miss no waker
  std::uint32_t sleeps = 0;      ///< how often it has prepared to sleep
  ObjectId sleeps_on;            ///< what for; no_object while it is awake
  Waitable asleep;               ///< free once somebody has woken it
  std::int64_t deadline_ms = 0;  ///< when its wait ends at the latest, if it is timed
  std::uint64_t pending_signals = 0;  ///< bit s - 1: signal s
  Waitable ended;                     ///< owned by this context until it ends; joiners wait for it
  CallStack calls;

  /// Would sleeping here be a bug (the kernel's in_atomic() || irqs_disabled())?
  bool is_atomic() const {
    return preempt_count != 0 || softirq_count != 0 || irqs_off || level != Level::task;
  }
};

}  // namespace heddle::sim
