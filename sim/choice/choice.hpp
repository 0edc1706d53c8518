// The one door for nondeterminism. Whatever could go several ways asks here, with a reason and an
// arity; the answer is recorded. Strategies, replay and fuzzing all stand behind Chooser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim/choice/footprint.hpp"
#include "sim/core/archive.hpp"
#include "sim/core/check.hpp"
#include "sim/core/context_set.hpp"
#include "sim/core/event.hpp"
#include "sim/core/state_hash.hpp"

namespace heddle::sim {

/// Why there is a choice.
enum class Reason : std::uint8_t {
  schedule,    ///< who takes the next step; the answer is a ContextId
  allocation,  ///< 0 succeeds, 1 fails
  value,       ///< the code under test, or its workload, asks for one of n
  fault,       ///< what becomes of a message, of an unsynced write, of a clock; 0 is harmless
  count_
};
std::string_view word(Reason reason);
/// The inverse of word(). @returns false for a word that is none.
bool reason_from(std::string_view word, Reason& reason);

/// What a chooser knows when it decides who steps.
struct SchedulePoint {
  ContextSet enabled;           ///< who may step; at least two (see Chooser::watched_footprint)
  ContextId last = no_context;  ///< who took the previous step; no_context at the start
  const Operation* const* announced;  ///< by ContextId: the operation that each would execute
  StepIndex step = 0;                 ///< steps taken so far

  const Operation& operation(ContextId id) const { return *announced[id.value]; }
  /// Could the last one go on? Then choosing another is a preemption, as bounds count them.
  bool last_is_enabled() const { return last != no_context && enabled.contains(last); }
};

/// A search, which begins an execution as it began the one before: what must be known to go on from
/// a state of that one.
class Resumable {
 public:
  virtual ~Resumable() = default;
  /// The choices of the last execution up to this position will be made again; 0: none of them.
  /// Asked at the beginning of an execution.
  virtual std::uint32_t repeats() const = 0;
  /// How many choices it has made in the running execution. They determine its state.
  virtual std::uint32_t position() const = 0;
  /// What it knows of the running execution. @pre position() < repeats() where it is restored.
  virtual void archive(Archive& archive) = 0;
};

/// A search that goes on from a state only once, however executions come there.
class StateMatcher {
 public:
  virtual ~StateMatcher() = default;
  /// Is the next choice none that an earlier execution has made?
  virtual bool is_beyond_path() const = 0;
  /// Has an execution been in this state? Then the running one is given up. Remembers the state.
  /// `last`: who took the step that led there.
  virtual bool has_met(const StateHash& state, ContextId last) = 0;
};

/// What chooses. Called only where there are at least two ways.
class Chooser {
 public:
  virtual ~Chooser() = default;
  /// @returns a member of point.enabled, or no_context to give the execution up (a replay that
  /// diverged, a branch that was explored before).
  virtual ContextId schedule(const SchedulePoint& point) = 0;
  /// @returns 0..arity - 1, or give_up.
  virtual std::uint32_t value(Reason reason, std::uint32_t arity) = 0;

  /// Does it want to be told of steps that are no choice? Asked once an execution.
  virtual bool wants_forced() const { return false; }
  /// Nobody but the one member of point.enabled can step, and does.
  virtual void forced(const SchedulePoint& /*point*/) {}
  /// Not nullptr: schedule() is asked at every step of contexts that do not run alone, also where
  /// only one is enabled; and what each step touches is noted here. Asked once an execution.
  virtual Footprint* watched_footprint() { return nullptr; }
  /// Not nullptr: executions may go on from a state of the one before. Asked once an execution.
  virtual Resumable* resumable() { return nullptr; }

  /// Not nullptr: it is asked wherever somebody is to be chosen. Asked once an execution.
  virtual StateMatcher* state_matcher() { return nullptr; }

  static constexpr std::uint32_t give_up = ~std::uint32_t{0};
};

/// One recorded choice.
struct Choice {
  Reason reason = Reason::schedule;
  std::uint8_t reserved = 0;
  std::uint16_t arity = 0;   ///< at least 2; 65,535 stands for more
  std::uint32_t chosen = 0;  ///< a ContextId's value for Reason::schedule
  friend bool operator==(const Choice&, const Choice&) = default;
};
static_assert(sizeof(Choice) == 8);

/// Where choices are written as they are made; the memory may be shared with another process.
struct ChoiceLog {
  Choice* entries = nullptr;
  std::size_t capacity = 0;
  volatile std::uint64_t* size = nullptr;  ///< how many entries count
};

/// The door itself: asks the chooser, records what it said.
class Choices {
 public:
  void begin(Chooser& chooser, ChoiceLog log) {
    chooser_ = &chooser;
    wants_forced_ = chooser.wants_forced();
    log_ = log;
    asked_for_value_ = settled_ = false;
    size_ = 0;
    if (log_.size != nullptr) *log_.size = 0;
  }

  /// @returns who steps next, or no_context when the chooser gave up or the log is full.
  ContextId schedule(const SchedulePoint& point) {
    const ContextId chosen = chooser_->schedule(point);
    if (chosen == no_context) return chosen;
    HEDDLE_CHECK(point.enabled.contains(chosen), "a chooser picks an enabled context");
    if (point.enabled.count() == 1) return chosen;  // no choice
    return record({Reason::schedule, 0, static_cast<std::uint16_t>(point.enabled.count()),
                   chosen.value})
               ? chosen
               : no_context;
  }

  /// Does the chooser want to be told of steps that are no choice?
  bool wants_forced() const { return wants_forced_; }
  /// Tells it of one, if so; nothing is recorded.
  void forced(const SchedulePoint& point) {
    if (wants_forced_) chooser_->forced(point);
  }

  /// @returns 0..arity - 1, or Chooser::give_up. Arity 1 asks nobody and records nothing.
  std::uint32_t value(Reason reason, std::uint32_t arity) {
    HEDDLE_CHECK(arity != 0 && reason != Reason::schedule, "a choice has at least one way");
    if (arity == 1) return 0;
    asked_for_value_ = true;
    const std::uint32_t chosen = chooser_->value(reason, arity);
    if (chosen == Chooser::give_up) return chosen;
    HEDDLE_CHECK(chosen < arity, "a chooser picks one of the ways");
    const auto short_arity = static_cast<std::uint16_t>(arity < 65535 ? arity : 65535);
    return record({reason, 0, short_arity, chosen}) ? chosen : Chooser::give_up;
  }

  /// Has the chooser been asked for a value in this execution?
  bool has_asked_for_value() const { return asked_for_value_; }

  /// From here on this one chooses, and nothing is recorded: it must be a function of what it is
  /// asked.
  void settle(Chooser& chooser) {
    chooser_ = &chooser;
    wants_forced_ = false;
    settled_ = true;
  }

  /// Of the running execution. @pre it has not settled.
  void archive(Archive& archive) {
    if (size_ == 0) return;  // as begin() leaves it
    archive.then(*this, size_, [](Choices& choices, std::uint64_t size) {
      choices.size_ = size;
      if (choices.log_.size != nullptr) *choices.log_.size = size;
    });
  }

  std::size_t size() const { return size_; }
  bool full() const { return log_.capacity != 0 && size_ == log_.capacity; }
  const Choice* data() const { return log_.entries; }

 private:
  bool record(Choice choice) {
    if (log_.capacity == 0 || settled_) return true;  // recording is off
    if (size_ == log_.capacity) return false;
    log_.entries[size_++] = choice;
    *log_.size = size_;
    return true;
  }

  Chooser* chooser_ = nullptr;
  bool wants_forced_ = false;
  bool asked_for_value_ = false;
  bool settled_ = false;
  ChoiceLog log_;
  std::size_t size_ = 0;
};

}  // namespace heddle::sim
