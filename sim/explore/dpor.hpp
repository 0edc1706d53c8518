// Dynamic partial order reduction: a depth-first search that takes, of all executions that differ
// only in the order of independent steps, as few as its reduction can. Each repeats the choices of
// the one before up to where it branches off, from a saved state if there is one; the steps'
// footprints say what depends on what.
//
// Source: Abdulla, Aronis, Jonsson and Sagonas, "Source sets: a foundation for optimal dynamic
// partial order reduction", JACM 64(4), 2017: algorithm 1 (source) and algorithm 2 (optimal). Sleep
// sets: Godefroid, "Partial-order methods for the verification of concurrent systems", LNCS 1032.
//
// Deviations. What a step will do is not always known where a wakeup sequence is made (Awaited::
// uncertain), so the sequence may end where somebody still sleeps, which algorithm 2 rules out.
// From there on algorithm 1's test is used: a sequence is covered only by what it can begin with.
// Algorithm 1's sequences, too, have all of the execution that is not left out, not just what comes
// before the later end of the race: without the earlier end that one may do something else, and
// depend on steps that it was independent of, which the paper's section 3 rules out.
// Races are looked for at the end of an execution, and only those whose later step is new in it or
// whose sequence has a new step; of a sequence that somebody who sleeps covers, only a step that
// depends on that one's. A step that could not have been taken where the earlier one of a race was,
// since a gate was closed, is brought before the step that closed it. Steps that are still pending
// at the end take part as if they were taken there. A step that makes choices of value is as many
// steps as there are answers, and those are never reversed. Where a step of a sequence is not
// possible in its state after all, every context is taken from there.
//
// With a bound on preemptions an execution is given up as soon as its trace is beyond it. The races
// that it would still have had are not known then; so from each of its states every context is
// taken that does not sleep (widen), whatever it chooses, as sleep sets alone do, and below
// algorithm 1's test is used. Sleep sets lose nothing: of a trace within the bound all beginnings
// are within it. Where nothing was given up below a state, the reduction is what it is without a
// bound. Coons, Musuvathi and McKinley, "Bounded partial-order reduction", OOPSLA 2013, add fewer
// such points, for a bound on executions, and have no sleep sets there.
#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "sim/explore/history.hpp"
#include "sim/explore/least_preemptions.hpp"
#include "sim/explore/preemption.hpp"
#include "sim/explore/reduction.hpp"
#include "sim/explore/split.hpp"
#include "sim/explore/wakeup_tree.hpp"

namespace heddle::sim {

class Dpor final : public SplitSearch, private Chooser, private Resumable {
 public:
  struct Options {
    Reduction reduction = Reduction::optimal;  ///< any but none
    /// Room for steps; it grows where an execution has more.
    std::size_t steps_max = 1'000;
    /// Of a trace, at most (least_preemptions.hpp).
    std::uint32_t preemptions = no_preemption_bound;
  };

  /// All that is remembered lies in `memory`.
  Dpor(std::pmr::memory_resource& memory, Options options);

  Chooser& begin(std::uint64_t index) override;
  void end(Outcome outcome) override;
  bool has_next() const override { return !exhausted_; }
  bool is_indexed() const override { return false; }
  bool diverged() const override { return diverged_; }
  bool beyond_bound() const override { return beyond_; }
  void save(wire::Writer& writer) const override;
  bool load(wire::Reader& reader) override;
  std::uint32_t front() const override { return repeated_; }
  std::uint32_t next_open(std::uint32_t from) const override;
  void enter_next_branch(std::uint32_t frame) override;
  std::string branch() const override;
  bool save_outcome(wire::Writer& writer) const override;
  bool absorb(wire::Reader& reader) override;

  /// The steps of the last execution, until the next one begins.
  const History& history() const { return history_; }

 private:
  /// A step that need not be taken from a state: all behind it was explored.
  struct Sleeper : Summary {
    bool partial = false;  ///< only with these values
    std::uint32_t touches = 0, touches_end = 0;
    std::uint32_t values = 0, values_end = 0;
  };
  /// A step of a wakeup sequence.
  struct Member {
    std::int32_t step = 0;    ///< its number in the history; or a stranger's, negative
    std::uint32_t index = 0;  ///< among its context's steps; `never` of the last
    std::uint32_t next = 0;   ///< of its context in the sequence; or the end of that
    ContextId context;
    bool alive = true;  ///< not matched by the tree so far
    Marks marks{};      ///< all, if it is uncertain; none, if it is not alive
  };
  static_assert(sizeof(Member) == 32);
  /// One that is not as the history has it: the last one; or all, of another search.
  struct Stranger : Awaited {
    /// Which steps it must come behind, by context; nullptr: those it depends on.
    const std::uint32_t* clock = nullptr;
  };
  /// From Member::step to the place among the strangers, and back.
  static constexpr std::int32_t stranger(std::int32_t step) { return ~step; }
  /// Whom an uncertain step may concern: those of its CPU, or anybody.
  struct Reach {
    bool anybody = false;
    std::uint64_t cpu = 0;
    ObjectId residents;  ///< who lives there, as an object
  };
  static constexpr std::uint32_t never = ~std::uint32_t{0};
  /// History::Race::cut; else the one step that must be left out, or History::impossible.
  static constexpr std::uint32_t unknown = 0, several = History::impossible - 1;
  /// History::Race::sleeper; else a place among the sleepers.
  static constexpr std::uint32_t nobody = History::Race::nobody;
  struct Value {
    std::uint32_t chosen = 0;
    std::uint32_t arity = 0;
    bool fixed = false;  ///< the others are taken elsewhere
  };

  Footprint* watched_footprint() override { return &footprint_; }
  ContextId schedule(const SchedulePoint& point) override;
  std::uint32_t value(Reason reason, std::uint32_t arity) override;
  Resumable* resumable() override { return this; }
  std::uint32_t repeats() const override { return goes_on_ ? front() : 0; }
  std::uint32_t position() const override { return position_; }
  void archive(Archive& archive) override {
    archive.values(position_);
    footprint_.archive(archive);
  }

  Effect effect(const Sleeper& sleeper) const {
    return {&sleeper, history_.touch(sleeper.touches), history_.touch(sleeper.touches_end)};
  }
  ContextId enter(const SchedulePoint& point);
  ContextId pick(const SchedulePoint& point, Step& step);
  void note_pending(const SchedulePoint& point);
  void begin_step(const SchedulePoint& point, ContextId chosen);
  ContextSet awake(const SchedulePoint& point);
  void finish_step(bool everything);
  void put_to_sleep(std::uint32_t number);
  bool skips(const Step& step, std::uint32_t position, std::uint32_t chosen) const;
  bool is_beyond();
  void widen();
  void widen(std::uint32_t number);
  bool is_hopeless(ContextId id, std::uint32_t number);

  void reverse_races(Outcome outcome);
  bool is_extended(const History::Race& race) const;
  void reverse_pending(Outcome outcome);
  Effect pending_effect();
  Summary summary_of(ContextId id) const { return {.context = id, .home = footprint_.home(id)}; }
  Later pending_step(ContextId id, std::uint32_t number, bool enabled);
  bool find_cut(std::uint32_t earlier, const Later& later);
  void reverse(const Later& later);
  void collect(const Later& later);
  void begin_sequence(std::size_t steps, std::size_t contexts);
  void prepend(std::int32_t step, std::uint32_t index, ContextId context, const Marks& marks);
  void prepend_stranger(std::int32_t number, std::uint32_t index);
  void match(std::uint32_t position);
  void predict(std::uint32_t number);
  Reach reach_of(const Effect& uncertain) const;
  bool may_meet(const Reach& uncertain, const Effect& other) const;
  bool is_initial(std::uint32_t position) const;
  Awaited awaited(const Member& member) const;
  const std::uint32_t* clock(const Member& member) const {
    return member.step >= 0 ? history_.clock(static_cast<std::uint32_t>(member.step))
                            : strangers_[stranger(member.step)].clock;
  }
  Effect effect(const Member& member) const {
    return member.step >= 0 ? history_.effect(static_cast<std::uint32_t>(member.step))
                            : strangers_[stranger(member.step)].effect;
  }
  static const Marks& marks_of(const Effect& effect, bool uncertain) {
    static constexpr Marks all = Marks::all();
    return uncertain ? all : effect->signature;
  }
  bool is_uncertain(const Member& member) const {
    return member.step < 0 && strangers_[stranger(member.step)].uncertain;
  }
  bool has_values(const Member& member, std::span<const std::uint32_t> values) const;
  bool is_explored(const Step& frame, std::uint32_t later);
  bool is_covered(const Sleeper& sleeper, bool open_values, bool unguided, std::uint32_t& position);
  /// `effect`: to be called for what the step does, if that matters; `values`: none stand for any.
  template <class GetsEffect>
  bool covers(ContextId context, bool uncertain, std::span<const std::uint32_t> values,
              const GetsEffect& effect, bool unguided, std::uint32_t& position);
  bool conflicts_with_last(const Effect& step) const;
  bool is_independent(const Effect& step, bool uncertain, std::uint32_t position) const;
  struct Gap {
    bool found = false;  ///< else: a branch of the tree leads to the same as the sequence
    std::uint32_t parent = WakeupTree::none, last = WakeupTree::none;
  };
  Gap find_gap(std::uint32_t frame);
  Gap find_gap_of_one(std::uint32_t frame);
  void insert(std::uint32_t frame);
  void insert_one(std::uint32_t frame);
  void request(std::uint32_t frame);
  bool take_request(wire::Reader& reader);
  void go_back();
  bool go_on_at(std::uint32_t number);
  bool next_values(Step& step);
  std::uint32_t drop_branch(std::uint32_t branch, ContextSet enabled);
  bool next_branch(std::uint32_t number);
  void fix_values(std::uint32_t branch);
  bool is_able(ContextId id, const Step& state) const;
  bool will_sleep(ContextId id, const Step& state) const;
  static bool is_partial(const Step& step) {
    return !step.open_values && step.values != step.values_end;
  }
  bool sleeps(ContextId id, const Step& state) const;
  std::span<const std::uint32_t> values_of(std::uint32_t begin, std::uint32_t end) const;

  Options options_;
  Footprint footprint_;
  History history_;
  WakeupTree tree_;
  LeastPreemptions least_preemptions_;
  std::pmr::vector<Sleeper> sleepers_;
  std::pmr::vector<Value> values_;
  std::pmr::vector<std::uint32_t> chosen_;  // of values_, for values_of()
  std::pmr::vector<History::Race> races_;
  std::pmr::vector<Member> sequence_;  // at the end of this room, before one that is none
  std::uint32_t sequence_end_ = 0;     // behind the last one
  std::uint32_t first_alive_ = 0;
  Touch last_touch_;  // the first touch of the last one, if known
  std::pmr::vector<Stranger> strangers_;
  // By context, the first step of it in the sequence that was not matched so far: where it stands,
  // or the sequence's end, and its index, or never.
  std::array<std::uint32_t, contexts_max> first_positions_{};
  std::array<std::uint32_t, contexts_max> first_indices_{};
  std::pmr::vector<Touch> pending_touches_;
  Summary pending_;  // with these touches
  Cut cut_;
  const Cut nothing_cut_;

  // Of the search of a branch alone (split.hpp):
  std::uint32_t floor_ = 0;          // the frame that the branch is of; 0: the search is whole
  std::uint32_t floor_values_ = 0;   // how many answers of its step were known at the start
  std::pmr::vector<char> requests_;  // sequences for trees of frames up to `floor_`, as messages
  std::pmr::vector<std::uint64_t> requested_;  // their hashes, sorted
  bool too_many_requests_ = false;
  bool widens_above_ = false;  // the states up to `floor_`, too

  const Operation* const* announced_ = nullptr;  // by ContextId, of the running execution
  ContextSet last_enabled_;
  std::uint32_t position_ = 0;  // steps begun in the running execution
  std::uint32_t repeated_ = 0;  // those that are known; the last is taken for the first time
  bool mispredicted_ = false;   // a branch was dropped whose first step was not possible
  bool goes_on_ = false;        // the path begins as that of the last execution
  std::uint32_t new_from_ = 1;  // the first step that the last execution did not have
  std::uint32_t explored_by_ = nobody;  // who covers the sequence, also if it goes on otherwise
  std::uint32_t asked_ = 0;             // values that the running step has asked for
  bool idle_ = false;                   // nobody who is enabled gets on
  bool redundant_ = false;              // the execution was given up
  bool beyond_ = false;                 // its trace is beyond the bound
  bool halfway_ = false;                // and that within a step
  bool exhausted_ = false;
  bool diverged_ = false;
};

}  // namespace heddle::sim
