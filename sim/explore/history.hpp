// The steps of the execution that a search explores, and which of them happen before which. The
// part that the next execution repeats keeps its clocks.
//
// Source: Mattern, "Virtual time and global states of distributed systems", 1989; clocks as in
// Flanagan and Godefroid, "Dynamic partial-order reduction", POPL 2005, section 4.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/explore/signature.hpp"
#include "sim/explore/wire.hpp"

namespace heddle::sim {

/// What is known of a step, taken or still to be taken, without a look at what it touches.
struct Summary {
  ContextId context = no_context;
  bool everything = false;  ///< depends on every other step: it ended the execution
  bool gates = false;       ///< one of the touches is the gate of a CPU
  /// The gate that each step of the context needs; no_object if it moves from CPU to CPU. In
  /// another execution the same id may be another task's, which lives elsewhere.
  ObjectId home = no_object;
  Signature signature{Marks::all()};  ///< of the touches, if it was signed

  bool is_nomad() const { return home == no_object; }
  /// Says in the signature what it may depend on, once the rest is known.
  void sign(const Touch* begin, const Touch* end) {
    signature = Signature::of(begin, end);
    if (everything || gates || begin == end) static_cast<Marks&>(signature) = Marks::all();
  }
  /// @returns false only if the two are independent whatever they touch exactly.
  bool may_depend_on(const Summary& other) const {
    return context == other.context || signature.may_conflict(other.signature);
  }
};

/// What such a step does to others. Refers to both.
struct Effect {
  const Summary* summary = nullptr;
  const Touch* begin = nullptr;
  const Touch* end = nullptr;

  const Summary* operator->() const { return summary; }
};

/// One step of the path, and the state that it was taken in. Its number is its place in the path,
/// from 1; number 0 is what the world's set-up did.
struct Step : Summary {
  bool linked = false;       ///< its end was taken note of (History::close)
  std::uint32_t links = 0;   ///< see History
  bool relaxes = false;      ///< waited until what its context had looked at was changed
  bool widened = false;      ///< all that could be taken instead is known, and to be taken (Dpor)
  EventKind kind{};          ///< of the operation that was announced
  bool open_values = true;   ///< all values are to be taken, not just those of a wakeup sequence
  bool unguided = false;     ///< below a widened state, or where somebody slept when a wakeup
                             ///< sequence ended (see Dpor)
  std::uint32_t index = 0;   ///< among its context's steps, from 1
  std::uint32_t before = 0;  ///< the context's step before this one; 0: none
  std::uint32_t touches = 0, touches_end = 0;
  std::uint32_t values = 0, values_end = 0;
  Exchanged exchanged;
  ContextSet enabled;                            ///< who could step
  ContextSet awake;                              ///< those of them who would get on by it
  std::uint32_t sleepers = 0, sleepers_end = 0;  ///< see Search
  std::uint32_t tree = 0;                        ///< what else is to be done from that state
  std::uint32_t subtree = 0;                     ///< what is to be done after the step
};

/// The pending or executed later end of a race.
struct Later {
  Effect effect;
  std::uint32_t number = 0;  ///< of the step; for one not taken, the number of steps so far
  std::uint32_t before = 0;  ///< the context's step before it
  bool relaxes = false;
  bool pending = false;
  Condition condition{};  ///< what the first of its touches must find in memory
  bool finds = true;      ///< and does, behind all steps so far
};

/// Steps of the history that are left out of a sequence, with all that happens after them: the
/// first of them in the order of the history, and the others.
using Cut = std::pmr::vector<std::uint32_t>;

class History {
 public:
  /// No step's number.
  static constexpr std::uint32_t impossible = ~std::uint32_t{0};

  History(std::pmr::memory_resource& memory, const Footprint& footprint, std::size_t steps_max);

  std::uint32_t size() const { return static_cast<std::uint32_t>(steps_.size()); }
  Step& operator[](std::uint32_t number) { return steps_[number]; }
  const Step& operator[](std::uint32_t number) const { return steps_[number]; }
  Step& back() { return steps_.back(); }
  std::uint32_t last_of(ContextId id) const { return last_[id.value]; }
  /// Entries of it, which later steps may make more.
  std::size_t clock_width() const { return width_; }
  const std::uint32_t* clock(std::uint32_t number) const {
    return &clocks_[std::size_t{number} * width_];
  }
  /// The step that created the context of this one; 0: the set-up did.
  std::uint32_t creator_of(std::uint32_t number) const {
    return creator_[steps_[number].context.value];
  }

  /// A step begins. @returns it, for the state to be filled in.
  Step& push(ContextId context);
  /// The last step is over: takes over its footprint, and orders it after those it depends on.
  /// Appends each of those that no other one stands between to `races`.
  struct Race {
    static constexpr std::uint32_t nobody = ~std::uint32_t{0};
    std::uint32_t earlier, later;
    // What whoever reverses it knows of it.
    std::uint32_t cut = 0;           ///< what must be left out
    std::uint32_t sleeper = nobody;  ///< who covers all that reverses it so far
  };
  void close(bool everything, std::pmr::vector<Race>& races);
  void pop();
  /// The last step was closed elsewhere, with this effect, and all behind it explored.
  void take_last(const Effect& effect, const Exchanged& exchanged);
  /// The last step is to be taken again, with other values.
  void reopen_last() { unlink(); }
  /// Another context takes the last step instead.
  void replace_last(ContextId context);
  /// Makes clocks as wide as there are contexts. To be called where more are known.
  void make_room() {
    if (footprint_.context_count() > width_) widen();
  }
  /// What the world's set-up created comes before everything.
  void begin_with(const Footprint& footprint);
  /// Forgets touches that belong to no step or sleeper below.
  void cut_touches(std::uint32_t end) { touches_.resize(end); }
  void save(wire::Writer& writer) const;
  /// @returns false if it is no history's state.
  bool load(wire::Reader& reader);
  std::uint32_t touches_end() const { return static_cast<std::uint32_t>(touches_.size()); }

  Effect effect(std::uint32_t number) const {
    const Step& step = steps_[number];
    return {&step, touch(step.touches), touch(step.touches_end)};
  }
  /// The step as the later end of a race.
  Later later(std::uint32_t number) const {
    const Step& step = steps_[number];
    return {effect(number), number, step.before, step.relaxes, false, step.exchanged.condition};
  }
  const Touch* touch(std::uint32_t index) const { return touches_.data() + index; }
  bool dependent(const Effect& a, const Effect& b) const {
    return a->may_depend_on(*b.summary) && conflicting(a, b);
  }
  /// The same. @pre they may depend.
  bool conflicting(const Effect& a, const Effect& b) const {
    if (a->everything || b->everything || a->context == b->context) return true;
    for (const Touch* x = a.begin; x != a.end; ++x)
      for (const Touch* y = b.begin; y != b.end; ++y)
        if (x->conflicts(*y)) return true;
    return (a->gates && closes(a, b->home)) || (b->gates && closes(b, a->home));
  }
  /// Does step `a` happen before step `b`?
  bool before(std::uint32_t a, std::uint32_t b) const {
    const Step& earlier = steps_[a];
    return clock(b)[earlier.context.value] >= earlier.index;
  }
  /// Does step `a` happen before the step that the context of `later` took last?
  bool before_its_past(std::uint32_t a, const Later& later) const;

  /// before() of one step, for whoever asks of many.
  class After {
   public:
    After() = default;  ///< nothing happens after no step
    After(const History& history, std::uint32_t a)
        : column_(history.clocks_.data() + history.steps_[a].context.value),
          width_(history.width_),
          index_(history.steps_[a].index) {}
    bool operator()(std::uint32_t b) const { return column_[std::size_t{b} * width_] >= index_; }

   private:
    static constexpr std::uint32_t nothing = 0;
    const std::uint32_t* column_ = &nothing;
    std::size_t width_ = 0;
    std::uint32_t index_ = 1;
  };
  /// Is a step taken where those of the cut and all that happens after them are left out?
  class Kept {
   public:
    Kept(const History& history, const Cut& cut) : history_(history), cut_(cut) {
      if (cut.empty()) return;
      first_ = cut.front();
      after_first_ = After(history, first_);
    }
    bool operator()(std::uint32_t number) const {
      if (number < first_) return true;
      if (after_first_(number)) return false;
      return cut_.size() == 1 || is_kept_by_others(number);
    }

   private:
    bool is_kept_by_others(std::uint32_t number) const {
      return std::none_of(cut_.begin() + 1, cut_.end(), [&](std::uint32_t out) {
        return number >= out && history_.before(out, number);
      });
    }

    const History& history_;
    const Cut& cut_;
    std::uint32_t first_ = impossible;
    After after_first_;
  };
  /// Could `later` be taken if, of all steps before it, only those were taken that the cut keeps?
  /// @returns 0: it could; the number of a step that kept it from going on, before which it might;
  /// or impossible.
  std::uint32_t obstacle(const Cut& cut, const Later& later) const;
  /// A context has relaxed after its step `last`. Would it find anything else than when it looked,
  /// if only those steps were taken that the cut keeps? `end`: the first step that is not taken in
  /// any case.
  bool is_awake(std::uint32_t last, std::uint32_t end, const Cut& cut) const;
  /// Appends what it looked at, as awaited reads: its next step depends on who changes any of it.
  void append_looks(std::uint32_t last, std::pmr::vector<Touch>& touches) const;
  /// Would the step write what it announced to write, taken after what the cut keeps?
  bool would_write(std::uint32_t number, const Cut& cut) const;
  /// Of steps before `end`, which happen before step `number` in any case, were that taken there.
  /// Writes clock_width() entries.
  void least_clock(std::uint32_t number, std::uint32_t end, std::uint32_t* clock) const;
  /// Would it find something else in memory than it did?
  bool would_differ(std::uint32_t number, const Cut& cut) const;

 private:
  bool is_wide(const Step& step) const;
  static bool closes(const Effect& effect, ObjectId home);
  bool looked_again(std::uint32_t number, std::uint32_t last, const Touch& touch) const;
  std::uint32_t last_change(const Cut& cut, const Later& later) const;
  bool has_changed(std::uint32_t look, const Touch& touch, std::uint32_t end, const Cut& cut) const;
  /// What memory holds there. @returns false if it is not known.
  bool find_value(const Touch& touch, std::uint32_t end, const Cut& cut,
                  std::uint64_t& value) const;
  bool find_first_value(const Touch& touch, std::uint32_t end, std::uint32_t head,
                        std::uint64_t& value) const;
  std::uint32_t who_closed(const Touch& gate, const Cut& cut, const Later& later) const;
  bool knows(std::uint32_t number, const Touch& touch) const;
  std::uint32_t who_overwrote(const Touch& awaited, const Cut& cut, const Later& later) const;
  void join(std::uint32_t* clock, std::uint32_t number) const;
  void widen();

  // The accesses to each object, so that no step is compared with all earlier ones.
  struct Link {
    std::uint32_t step = 0;
    std::uint32_t touch = 0;
    std::uint32_t previous = 0;        // to the same object; 0: none
    std::uint32_t previous_write = 0;  // the last of these that writes
  };
  struct Chain {
    std::uint64_t object = 0;
    std::uint32_t last = 0;  // of links_
    bool used = false;
  };
  /// Of the accesses from `link` back, the last one that writes.
  std::uint32_t last_write(std::uint32_t link) const {
    return link == 0 || touches_[links_[link].touch].writes ? link : links_[link].previous_write;
  }
  void link(std::uint32_t number);
  void unlink();
  void find_candidates(std::uint32_t number);
  void add_accesses(const Touch& touch, ContextId context);
  const std::uint32_t* find_chain(std::uint64_t object) const;
  std::uint32_t& chain(std::uint64_t object);
  std::size_t slot_of(std::uint64_t object) const;
  void grow_chains();

  const Footprint& footprint_;
  std::pmr::vector<Step> steps_;
  std::size_t width_;  // of a clock: no less than there are contexts
  std::pmr::vector<std::uint32_t> clocks_;
  std::pmr::vector<Touch> touches_;
  std::pmr::vector<Touch> looks_;  // of the step that is closed, if it relaxed
  std::array<std::uint32_t, contexts_max> last_{};
  std::array<std::uint32_t, contexts_max> creator_{};
  std::uint32_t gates_ = 0;         // steps of the path that touch one
  std::pmr::vector<Link> links_;    // links_[0] is none
  std::pmr::vector<Chain> chains_;  // by hash of the object; a power of two
  std::size_t chains_used_ = 0;
  std::pmr::vector<std::uint32_t> wide_;  // steps not found by what they touch: all look at them
  std::pmr::vector<std::uint32_t> candidates_;
};

}  // namespace heddle::sim
