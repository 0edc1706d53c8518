// The sequences that reverse races: of which steps they are made, whether what was explored, or is
// to be, covers them already, and where a wakeup tree takes them in. A part of Dpor.
//
// Source: Abdulla, Aronis, Jonsson and Sagonas, "Source sets: a foundation for optimal dynamic
// partial order reduction", JACM 64(4), 2017: notdep (section 3), weak initials and insert
// (section 7). Deviations are named in dpor.hpp.
#include <algorithm>

#include "sim/core/clock_block.hpp"
#include "sim/explore/dpor.hpp"

namespace heddle::sim {

/// Of at most so many steps, which are those of the first so many contexts.
void Dpor::begin_sequence(std::size_t steps, std::size_t contexts) {
  if (sequence_.size() <= steps) sequence_.resize(2 * steps + 1);
  strangers_.clear();
  last_touch_ = Touch{};
  const auto end = static_cast<std::uint32_t>(sequence_.size() - 1);
  sequence_[end].index = never;
  first_alive_ = sequence_end_ = end;
  std::fill_n(first_positions_.begin(), contexts, end);
  std::fill_n(first_indices_.begin(), contexts, never);
}

/// The sequence is made from its end.
void Dpor::prepend(std::int32_t step, std::uint32_t index, ContextId context, const Marks& marks) {
  std::uint32_t& first = first_positions_[context.value];
  sequence_[--first_alive_] = {step, index, first, context, true, marks};
  first = first_alive_;
  first_indices_[context.value] = index;
}

void Dpor::prepend_stranger(std::int32_t number, std::uint32_t index) {
  const Stranger& step = strangers_[number];
  prepend(stranger(number), index, step.effect->context, marks_of(step.effect, step.uncertain));
}

/// The steps from the cut on that it keeps, then `later`.
void Dpor::collect(const Later& later) {
  begin_sequence(history_.size(), footprint_.context_count());
  Stranger& last = strangers_.emplace_back();
  last.effect = later.effect;
  last.uncertain = later.pending || history_.would_differ(later.number, cut_);
  last.open_values = true;
  if (last.uncertain && !later.pending) predict(later.number);
  prepend_stranger(0, never);
  last_touch_ = last.effect.begin != last.effect.end ? *last.effect.begin : Touch{};

  const History::Kept kept(history_, cut_);
  const auto add = [&](std::uint32_t number) {
    const Step& step = history_[number];
    prepend(static_cast<std::int32_t>(number), step.index, step.context, step.signature);
  };
  if (!later.pending) {
    const History::After after_later(history_, later.number);
    for (std::uint32_t i = history_.size() - (halfway_ ? 1 : 0); --i > later.number;)
      if (kept(i) && !after_later(i)) add(i);
  }
  for (std::uint32_t i = later.number; --i > cut_.front();)
    if (kept(i)) add(i);
}

Awaited Dpor::awaited(const Member& member) const {
  if (member.step < 0) return strangers_[stranger(member.step)];
  const auto number = static_cast<std::uint32_t>(member.step);
  const Step& step = history_[number];
  return {history_.effect(number), false, false, values_of(step.values, step.values_end)};
}

/// Does it choose these values, as far as that is known? None stand for any.
bool Dpor::has_values(const Member& member, std::span<const std::uint32_t> values) const {
  if (values.empty()) return true;
  const Awaited step = awaited(member);
  return !step.open_values &&
         std::equal(step.values.begin(), step.values.end(), values.begin(), values.end());
}

/// The last step of the sequence finds something else in memory than it did: a compare-exchange may
/// succeed or fail now.
void Dpor::predict(std::uint32_t number) {
  Effect& effect = strangers_.back().effect;
  pending_ = *effect.summary;
  pending_touches_.assign(effect.begin, effect.end);
  const bool writes = history_.would_write(number, cut_);
  if (history_[number].exchanged.kind == Exchanged::Kind::tried &&
      writes != pending_touches_.front().writes) {
    if (pending_.is_nomad()) {
      for (Touch& touch : pending_touches_)
        if (touch.needs && ObjectId{touch.first}.cls() == ObjectClass::gate) touch.writes = writes;
    } else {
      const Touch home = Touch::of(pending_.home, 1, Mode::write);
      std::erase_if(pending_touches_, [&](const Touch& t) { return t.first == home.first; });
      if (writes) pending_touches_.push_back(home);
    }
    pending_.gates = writes;
  }
  pending_touches_.front().writes = writes;
  effect = pending_effect();
}

/// @pre the step is alive, and no other one of its context before it is.
void Dpor::match(std::uint32_t position) {
  Member& member = sequence_[position];
  member.alive = false;
  member.marks = Marks{};
  first_positions_[member.context.value] = member.next;
  first_indices_[member.context.value] = sequence_[member.next].index;
  while (first_alive_ != sequence_end_ && !sequence_[first_alive_].alive) ++first_alive_;
}

/// Does nothing that is alive in the sequence come before it? @pre no step of its context does.
bool Dpor::is_initial(std::uint32_t position) const {
  if (position == first_alive_) return true;
  const Member& member = sequence_[position];
  const std::uint32_t* const clock = this->clock(member);
  // The order of the last one within the sequence is not that of the history: some of what it
  // waited for there is gone, and it may do something else.
  if (clock == nullptr) return is_independent(effect(member), is_uncertain(member), position);
  // Counted without a branch: a comparison of vectors is -1 where it holds.
  ClockBlock::Entries rows{};
  for (std::size_t c = 0; c < footprint_.context_count(); c += ClockBlock::size)
    rows -= static_cast<ClockBlock::Entries>(ClockBlock::load(clock + c) >=
                                             ClockBlock::load(&first_indices_[c]));
  const std::uint32_t earlier = rows[0] + rows[1] + rows[2] + rows[3];
  const std::size_t own = member.context.value;
  return earlier == (clock[own] >= first_indices_[own] ? 1u : 0u);
}

/// Is taking a step of the context first, one that is to be taken or was, a way of taking the
/// sequence: since it begins with it, or is independent of all of it? `position`: where it stands
/// in the sequence, or its size.
template <class GetsEffect>
bool Dpor::covers(ContextId context, bool uncertain, std::span<const std::uint32_t> values,
                  const GetsEffect& effect, bool unguided, std::uint32_t& position) {
  position = first_positions_[context.value];
  if (position != sequence_end_) {
    const Member& member = sequence_[position];
    if (!has_values(member, values)) return false;
    // Both are the same step in the same state: whichever is known says what it does there.
    const bool is_ordered = !is_uncertain(member) && clock(member) != nullptr;
    if (uncertain || is_ordered) return is_initial(position);
  } else if (unguided || options_.reduction != Reduction::optimal ||
             conflicts_with_last(effect())) {
    // Algorithm 1 keeps no sequences, and so must not rely on what is only independent of one.
    return false;
  }
  return is_independent(effect(), uncertain, position);
}

/// Most depend on the last step of a sequence, which is part of a race, by what that announced: so
/// this is asked first. @returns false if it is not that simple.
inline bool Dpor::conflicts_with_last(const Effect& step) const {
  return sequence_[sequence_end_ - 1].alive && step.begin != step.end &&
         step.begin->conflicts(last_touch_);
}

/// Of all that is alive before the position.
bool Dpor::is_independent(const Effect& step, bool uncertain, std::uint32_t position) const {
  const Marks marks = marks_of(step, uncertain);
  const Reach reach = uncertain ? reach_of(step) : Reach{};
  // The last one is part of a race: most depend on that.
  const Member* const begin = &sequence_[first_alive_];
  for (const Member* at = &sequence_[position]; at != begin;) {
    const Member& member = *--at;
    if (!member.marks.may_conflict(marks)) [[likely]]
      continue;
    const Effect effect = this->effect(member);
    if (effect->may_depend_on(*step.summary) && history_.conflicting(effect, step)) return false;
    if (is_uncertain(member) && may_meet(reach_of(effect), step)) return false;
    if (uncertain && may_meet(reach, effect)) return false;
  }
  return true;
}

namespace {
std::uint64_t cpu_of(ObjectId home) { return (home.payload() & 0xFFFF) / 8; }  // as gates are made
}  // namespace

/// Only the announced part of the step is known. Until its context announces the next one it may
/// keep others off its CPU, let them on, end there, be refused memory, raise an interrupt, wake
/// somebody, be signalled.
Dpor::Reach Dpor::reach_of(const Effect& uncertain) const {
  const std::uint64_t cpu = cpu_of(uncertain->home);
  return {uncertain->is_nomad() || uncertain->signature.takes_a_host_down ||
              footprint_.is_far_reaching(uncertain->context),
          cpu, ObjectId::of(ObjectClass::residents, cpu)};
}

/// Might the uncertain step depend on the other one by what it turns out to do?
bool Dpor::may_meet(const Reach& uncertain, const Effect& other) const {
  if (uncertain.anybody || other->is_nomad() || other->signature.meets_anybody ||
      uncertain.cpu == cpu_of(other->home))
    return true;
  return other->signature.may_touch(uncertain.residents) &&
         std::any_of(other.begin, other.end,
                     [&](const Touch& touch) { return touch.first == uncertain.residents.bits; });
}

/// Do those who sleep there cover the sequence? Its last step chooses anew: with each of its
/// answers it may be asleep by itself. `later`: the number that this step has in the history.
bool Dpor::is_explored(const Step& frame, std::uint32_t later) {
  const auto last = static_cast<std::int32_t>(later);
  double answered = 0;  // the share of the last step's answers that was explored
  for (std::uint32_t i = frame.sleepers; i != frame.sleepers_end; ++i) {
    const Sleeper& sleeper = sleepers_[i];
    std::uint32_t position = 0;
    if (is_covered(sleeper, !sleeper.partial, frame.unguided, position)) {
      if (position == sequence_end_ || sequence_[position].step < last) explored_by_ = i;
      return true;
    }
    if (!sleeper.partial || sleeper.context != sequence_[sequence_end_ - 1].context) continue;
    if (!is_covered(sleeper, true, frame.unguided, position)) continue;
    double share = 1;
    for (std::uint32_t v = sleeper.values; v != sleeper.values_end; ++v) share /= values_[v].arity;
    answered += share;
  }
  constexpr double all = 1 - 1e-9;
  return answered > all;
}

/// `open_values`: whatever it chooses.
bool Dpor::is_covered(const Sleeper& sleeper, bool open_values, bool unguided,
                      std::uint32_t& position) {
  return covers(
      sleeper.context, false,
      values_of(sleeper.values, open_values ? sleeper.values : sleeper.values_end),
      [&] { return effect(sleeper); }, unguided, position);
}

/// Where the sequence branches off the frame's tree. What of it the tree has is dead then.
Dpor::Gap Dpor::find_gap(std::uint32_t frame) {
  Gap gap;
  std::uint32_t node = history_[frame].tree;
  while (node != WakeupTree::none) {
    const WakeupTree::Node& child = tree_[node];
    std::uint32_t position = 0;
    if (!covers(
            child.context, child.uncertain, tree_.values(node), [&] { return tree_.effect(node); },
            history_[frame].unguided, position)) {
      gap.last = node;
      node = child.next;
      continue;
    }
    if (position != sequence_end_) {
      match(position);
      if (first_alive_ == sequence_end_) return {};
    }
    if (child.child == WakeupTree::none) return {};
    gap.parent = node;
    gap.last = WakeupTree::none;
    node = child.child;
  }
  gap.found = true;
  return gap;
}

/// JACM 2017, definition 7.6: the sequence becomes the last branch of the tree, unless one of its
/// branches leads to the same.
void Dpor::insert(std::uint32_t frame) {
  const Gap gap = find_gap(frame);
  if (!gap.found) return;
  std::uint32_t parent = gap.parent;
  std::uint32_t last = gap.last;
  for (std::uint32_t i = first_alive_; i != sequence_end_; ++i) {
    if (!sequence_[i].alive) continue;
    Awaited step = awaited(sequence_[i]);
    step.open_values = step.open_values || history_[frame].widened;
    const std::uint32_t made = tree_.add(step);
    if (last != WakeupTree::none)
      tree_[last].next = made;
    else if (parent != WakeupTree::none)
      tree_[parent].child = made;
    else
      history_[frame].tree = made;
    parent = made;
    last = WakeupTree::none;
  }
}

/// The same for algorithm 1, whose trees are rows of steps.
Dpor::Gap Dpor::find_gap_of_one(std::uint32_t frame) {
  Gap gap;
  for (std::uint32_t node = history_[frame].tree; node != WakeupTree::none;
       node = tree_[node].next) {
    const WakeupTree::Node& taken = tree_[node];
    std::uint32_t position = 0;
    if (covers(
            taken.context, taken.uncertain, {}, [&] { return tree_.effect(node); }, true, position))
      return {};
    gap.last = node;
  }
  gap.found = true;
  return gap;
}

/// Algorithm 1: one step that the sequence can begin with, unless one of those is to be taken.
void Dpor::insert_one(std::uint32_t frame) {
  const Gap gap = find_gap_of_one(frame);
  if (!gap.found) return;
  std::uint32_t first = sequence_end_ - 1;
  if (first_positions_[sequence_[first].context.value] != first || !is_initial(first))
    first = first_alive_;
  Awaited step = awaited(sequence_[first]);
  step.open_values = true;
  const std::uint32_t made = tree_.add(step);
  (gap.last == WakeupTree::none ? history_[frame].tree : tree_[gap.last].next) = made;
}

}  // namespace heddle::sim
