// What a step touched: the objects, and how. Reductions decide on this alone which steps depend on
// each other, and so need to know no primitive by name. The machine fills it in while the step
// runs, but only for choosers that ask for it; a random walk pays one test.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/core/archive.hpp"
#include "sim/core/condition.hpp"
#include "sim/core/context_set.hpp"
#include "sim/core/event.hpp"
#include "sim/core/object.hpp"

namespace heddle::sim {

/// One object as a step used it: the bytes [first, first + size) of its class (see ObjectId::bits).
///
/// Some objects are gates, which are closed and opened: a lock, the right to run on a CPU, the end
/// of a task. A step that needs a gate cannot be taken while another context has closed it.
struct Touch {
  std::uint64_t first = 0;
  std::uint32_t size = 1;
  bool writes : 1 = false;
  bool adds : 1 = false;  ///< writes, but such writes commute with each other
  bool needs : 1 = false;
  bool awaited : 1 = false;  ///< not touched: the step could only be taken because it was changed
  std::int8_t closes = 0;    ///< 1: closes the gate, -1: opens it
  ContextId keeper{};        ///< for whom it is closed or was: all others are kept off

  static constexpr Touch of(ObjectId object, std::uint32_t size, Mode mode) {
    Touch touch;
    touch.first = object.bits;
    touch.size = size != 0 ? size : 1;
    touch.writes = mode == Mode::write;
    return touch;
  }
  constexpr bool overlaps(const Touch& other) const {
    return first < other.first + other.size && other.first < first + size;
  }
  /// Does the order of the two matter?
  constexpr bool conflicts(const Touch& other) const {
    return (writes || other.writes) && overlaps(other) && !(adds && other.adds);
  }
};
static_assert(sizeof(Touch) == 16);

/// What a step's atomic access found in memory and left there, as far as it is known.
struct Exchanged {
  enum class Kind : std::uint8_t {
    unknown,
    known,
    compared,  ///< it writes only where it finds `expected`
    tried,     ///< it writes, and closes its context's home, only where the gate it names is open
    spun       ///< it writes only where the gate it names is open
  };
  Kind kind = Kind::unknown;
  bool blind = false;  ///< a plain store: whatever it found, its context goes on as it did
  std::uint64_t found = 0;
  std::uint64_t left = 0;
  std::uint64_t expected = 0;
  Condition condition{};  ///< a read that is only taken where it finds what this asks for
};

/// Is the announced object part of the footprint? Others, such as a CPU, stand there for readers.
constexpr bool touches_what_it_announces(const Operation& operation) {
  switch (operation.object.cls()) {
    case ObjectClass::memory:
    case ObjectClass::sleep:
    case ObjectClass::signals:
    case ObjectClass::mailbox:
    case ObjectClass::world:
    case ObjectClass::host:
      return true;
    default:
      return operation.kind == EventKind::join;
  }
}

class Footprint {
 public:
  static constexpr std::size_t touches_max = 64;

  void begin_execution() {
    begin_step();
    relaxed = pending = unblocked = nomads_ = awaiting_ = in_vain_ = ContextSet{};
    ended = false;
    far_reaching_ = ContextSet{};
  }
  /// What steps have left behind, but for what the last one touched.
  void archive(Archive& archive) {
    archive.values(relaxed, nomads_, far_reaching_);
    archive.elements(home_.data(), context_count_);
    archive.elements(seat_.data(), context_count_);
  }
  /// The next step begins: the context takes the operation that it announced.
  void begin_step(ContextId context, const Operation& operation) {
    begin_step();
    is_step_ = true;
    relaxed.remove(context);
    if (!touches_what_it_announces(operation)) {
      note_seat(context);
      return;
    }
    Touch touch = Touch::of(operation.object, operation.size, operation.mode);
    touch.needs = operation.kind == EventKind::join || operation.object.cls() == ObjectClass::sleep;
    touches_[size_++] = touch;
    note_seat(context);
  }
  /// The world's set-up, which comes before all steps whatever it touches.
  void begin_step() {
    is_step_ = false;
    size_ = 0;
    everything_ = false;
    exchanged = Exchanged{};
    created_ = ContextSet{};
  }

  /// More of the same object are one touch, unless the object is closed and opened in one step.
  void add(const Touch& touch) {
    if (!is_step_) return;
    for (std::size_t i = 0; i < size_; ++i) {
      Touch& known = touches_[i];
      if (known.first != touch.first || known.size != touch.size || known.adds != touch.adds)
        continue;
      if (known.closes != 0 && touch.closes != 0) continue;
      known.writes = known.writes || touch.writes;
      known.needs = known.needs || touch.needs;
      if (touch.closes != 0) known.keeper = touch.keeper;
      known.closes = static_cast<std::int8_t>(known.closes + touch.closes);
      return;
    }
    if (size_ == touches_max) {
      everything_ = true;
      return;
    }
    touches_[size_++] = touch;
  }
  /// What was announced turned out to change nothing: a compare-exchange or trylock that failed.
  void only_reads() {
    if (size_ != 0) touches_[0].writes = false;
  }
  /// The step created a context. `home`: the gate that each of its steps needs.
  void add_context(ContextId id, ObjectId home) {
    created_.add(id);
    home_[id.value] = home;
    if (context_count_ <= id.value) context_count_ = static_cast<std::uint16_t>(id.value + 1);
  }

  /// The context may move from CPU to CPU. It has no home then, but each of its steps says whose
  /// gate it needs.
  void add_nomad(ContextId id, ObjectId seat) {
    nomads_.add(id);
    home_[id.value] = no_object;
    seat_[id.value] = seat;
  }
  /// From its next step on the nomad needs this gate.
  void move(ContextId id, ObjectId seat) { seat_[id.value] = seat; }
  /// What the nomad's next step needs.
  Touch seat(ContextId id) const {
    Touch touch = Touch::of(seat_[id.value], 1, Mode::read);
    touch.needs = true;
    return touch;
  }

  /// One of `pending` was to read, and waited for this. `holds`: it would have found it, perhaps.
  void add_awaiting(ContextId id, const Condition& condition, bool holds) {
    awaiting_.add(id);
    if (!holds) in_vain_.add(id);
    conditions_[id.value] = condition;
  }
  /// What the step that the context had announced must find in memory.
  Condition condition(ContextId id) const {
    return awaiting_.contains(id) ? conditions_[id.value] : Condition{};
  }
  /// Would it have found something else there?
  bool awaits_in_vain(ContextId id) const { return in_vain_.contains(id); }

  const Touch* begin() const { return touches_.data(); }
  const Touch* end() const { return touches_.data() + size_; }
  /// Too many touches to keep: take it that the step touched everything.
  bool everything() const { return everything_; }
  ContextSet created() const { return created_; }
  ObjectId home(ContextId id) const { return home_[id.value]; }
  /// What a step of the context does may concern anybody, wherever it lives.
  void add_far_reaching(ContextId id) { far_reaching_.add(id); }
  bool is_far_reaching(ContextId id) const { return far_reaching_.contains(id); }
  /// Executions that somebody else made had so many contexts.
  void know_of(std::uint16_t contexts) { context_count_ = std::max(context_count_, contexts); }
  /// All contexts of all executions so far have smaller ids.
  std::uint16_t context_count() const { return context_count_; }

  /// Of the access that the step announced.
  Exchanged exchanged;
  /// Those who called cpu_relax since their last step (Relaxing::spins).
  ContextSet relaxed;
  /// Those who had announced a step, and had not taken it when the execution ended.
  ContextSet pending;
  /// Those of them who need nothing for it but their CPU.
  ContextSet unblocked;
  /// Is `pending` that of the last execution? Not if its process died.
  bool ended = false;

 private:
  void note_seat(ContextId context) {
    if (nomads_.contains(context)) touches_[size_++] = seat(context);
  }

  bool is_step_ = false;
  std::size_t size_ = 0;
  bool everything_ = false;
  ContextSet created_;
  ContextSet far_reaching_;
  std::uint16_t context_count_ = 1;
  std::array<Touch, touches_max> touches_{};
  ContextSet awaiting_, in_vain_;
  std::array<Condition, contexts_max> conditions_{};
  ContextSet nomads_;
  std::array<ObjectId, contexts_max> home_{};
  std::array<ObjectId, contexts_max> seat_{};
};

}  // namespace heddle::sim
