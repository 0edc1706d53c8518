#include "sim/explore/dpor.hpp"

#include <algorithm>

#include "sim/core/check.hpp"

namespace heddle::sim {

Dpor::Dpor(std::pmr::memory_resource& memory, Options options)
    : options_(options),
      history_(memory, footprint_, options.steps_max),
      tree_(memory),
      sleepers_(&memory),
      values_(&memory),
      chosen_(&memory),
      races_(&memory),
      sequence_(&memory),
      sequence_clock_(&memory),
      pending_touches_(&memory) {
  sleepers_.reserve(4 * options.steps_max);
  values_.reserve(1024);
  chosen_.reserve(1024);
  races_.reserve(options.steps_max);
}

// ---- executing --------------------------------------------------------------------------------------

Chooser& Dpor::begin(std::uint64_t) {
  HEDDLE_CHECK(!exhausted_, "a search that is exhausted makes no further execution");
  position_ = asked_ = 0;
  idle_ = redundant_ = false;
  races_.clear();
  footprint_.begin_step();
  return *this;
}

ContextId Dpor::schedule(const SchedulePoint& point) {
  asked_ = 0;
  if (position_ < repeated_) {
    const Step& step = history_[++position_];
    if (step.enabled != point.enabled) {
      diverged_ = true;
      return no_context;
    }
    begin_step(point, step.context);
    return step.context;
  }
  return enter(point);
}

ContextId Dpor::enter(const SchedulePoint& point) {
  if (idle_) return point.enabled.first();
  finish_step(false);
  std::copy_n(point.announced, footprint_.context_count(), announced_.begin());
  last_enabled_ = point.enabled;
  Step state;
  const ContextId chosen = pick(point, state);
  if (chosen == no_context) {
    if (idle_) return point.enabled.first();
    redundant_ = true;
    return no_context;
  }
  Step& step = history_.push(chosen);
  step.enabled = point.enabled;
  step.sleepers = state.sleepers;
  step.sleepers_end = state.sleepers_end;
  step.tree = state.tree;
  step.subtree = state.subtree;
  step.open_values = state.open_values;
  step.values = state.values;
  step.values_end = state.values_end;
  repeated_ = ++position_;
  begin_step(point, chosen);
  return chosen;
}

void Dpor::begin_step(const SchedulePoint& point, ContextId chosen) {
  if (position_ == repeated_) history_.back().relaxes = footprint_.relaxed.contains(chosen);
  footprint_.begin_step(chosen, point.operation(chosen));
}

ContextSet Dpor::awake(const SchedulePoint& point) {
  ContextSet awake = point.enabled;
  for (ContextSet rest = point.enabled & footprint_.relaxed; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    if (!history_.is_awake(history_.last_of(id), history_.size(), 0)) awake.remove(id);
  }
  return awake;
}

/// Who takes the step that leads into the unknown, and what is known of the state that it leaves.
ContextId Dpor::pick(const SchedulePoint& point, Step& state) {
  state.sleepers = history_.back().sleepers_end;
  state.sleepers_end = static_cast<std::uint32_t>(sleepers_.size());
  state.values = state.values_end = static_cast<std::uint32_t>(values_.size());
  state.tree = history_.back().subtree;
  history_.back().subtree = WakeupTree::none;
  const ContextSet enabled = awake(point);
  while (state.tree != WakeupTree::none) {
    const WakeupTree::Node& node = tree_[state.tree];
    if (enabled.contains(node.context) && !sleeps(state, node)) {
      const std::uint32_t taken = state.tree;
      const ContextId chosen = node.context;
      state.open_values = node.open_values;
      for (std::uint8_t i = 0; i < node.value_count; ++i) {
        values_.push_back({node.values[i], 0, true});
        chosen_.push_back(node.values[i]);
      }
      state.values_end = static_cast<std::uint32_t>(values_.size());
      state.subtree = node.child;
      state.tree = node.next;
      tree_.free(taken);
      return chosen;
    }
    // A step that was predicted does not wait here after all, since what was read was another value;
    // or it did not depend on what it was predicted to depend on, and so all behind it is explored.
    const std::uint32_t next = node.next;
    tree_.free_with_children(state.tree);
    state.tree = next;
  }
  if (enabled.empty()) {
    idle_ = true;
    return no_context;
  }
  ContextSet asleep, half_asleep;
  for (std::uint32_t i = state.sleepers; i != state.sleepers_end; ++i)
    (sleepers_[i].partial ? half_asleep : asleep).add(sleepers_[i].context);
  ContextSet open = enabled - asleep;
  if (!(open - half_asleep).empty()) open = open - half_asleep;
  if (open.empty()) return no_context;
  const ContextId chosen =
      open.contains(point.last) && point.last != no_context ? point.last : open.first();
  if (options_.reduction == Reduction::sleep) {
    open.remove(chosen);
    for (; !open.empty(); open.remove(open.first())) {
      Awaited single;
      single.effect.context = open.first();
      single.open_values = true;
      const std::uint32_t node = tree_.add(single);
      tree_[node].next = state.tree;
      state.tree = node;
    }
  }
  return chosen;
}

/// Is all explored that begins with this step of a wakeup tree, from the state that `state` is taken in?
bool Dpor::sleeps(const Step& state, const WakeupTree::Node& node) const {
  for (std::uint32_t i = state.sleepers; i != state.sleepers_end; ++i) {
    const Sleeper& sleeper = sleepers_[i];
    if (sleeper.context != node.context) continue;
    if (!sleeper.partial) return true;
    const auto slept = values_of(sleeper.values, sleeper.values_end);
    if (!node.open_values && std::equal(slept.begin(), slept.end(), node.values.begin(),
                                        node.values.begin() + node.value_count))
      return true;
  }
  return false;
}

std::uint32_t Dpor::value(Reason, std::uint32_t arity) {
  Step& step = history_[position_];
  const std::uint32_t at = step.values + asked_;
  if (at < step.values_end) {
    Value& known = values_[at];
    if (known.arity == 0) known.arity = arity;
    if (known.arity != arity || known.chosen >= arity) {
      diverged_ = true;
      return give_up;
    }
    ++asked_;
    return known.chosen;
  }
  if (position_ + 1 != history_.size()) {
    diverged_ = true;
    return give_up;
  }
  std::uint32_t chosen = 0;
  while (chosen < arity && skips(step, asked_, chosen)) ++chosen;
  if (chosen == arity) {
    redundant_ = true;
    return give_up;
  }
  values_.push_back({chosen, arity, false});
  chosen_.push_back(chosen);
  ++step.values_end;
  ++asked_;
  return chosen;
}

/// Was the step explored with this answer, after the same answers as now?
bool Dpor::skips(const Step& step, std::uint32_t position, std::uint32_t chosen) const {
  const auto before = values_of(step.values, step.values + position);
  for (std::uint32_t i = step.sleepers; i != step.sleepers_end; ++i) {
    const Sleeper& sleeper = sleepers_[i];
    if (sleeper.context != step.context || !sleeper.partial) continue;
    const auto slept = values_of(sleeper.values, sleeper.values_end);
    if (slept.size() == position + 1 && slept.back() == chosen &&
        std::equal(before.begin(), before.end(), slept.begin()))
      return true;
  }
  return false;
}

std::span<const std::uint32_t> Dpor::values_of(std::uint32_t begin, std::uint32_t end) const {
  return {chosen_.data() + begin, chosen_.data() + end};
}

/// The step that was running is over: it is known now what it depends on, and who goes on sleeping.
void Dpor::finish_step(bool everything) {
  if (position_ == 0) {
    if (history_.size() == 1) history_.begin_with(footprint_);
    return;
  }
  history_.close(everything, races_);
  const std::uint32_t number = history_.size() - 1;
  const Step& step = history_[number];
  const Effect effect = history_.effect(number);
  for (std::uint32_t i = step.sleepers; i != step.sleepers_end; ++i) {
    const Sleeper sleeper = sleepers_[i];
    const Effect other{sleeper.context, sleeper.everything, sleeper.gates,
                       history_.touch(sleeper.touches), history_.touch(sleeper.touches_end)};
    if (!history_.dependent(other, effect)) sleepers_.push_back(sleeper);
  }
}

void Dpor::end(Outcome outcome) {
  if (position_ < repeated_) {
    // The execution was shorter than its prefix was the last time; or its process died early in it.
    diverged_ = diverged_ || outcome == Outcome::finished || outcome == Outcome::stuck;
  }
  if (position_ != 0 && !idle_ && !redundant_ && position_ == repeated_)
    finish_step(outcome == Outcome::stopped || outcome == Outcome::bound_reached);
  if (options_.reduction != Reduction::sleep) reverse_races(outcome);
  go_back();
}

// ---- races ------------------------------------------------------------------------------------------

void Dpor::reverse_races(Outcome outcome) {
  for (std::size_t i = 0; i < races_.size(); ++i) {
    const auto [earlier, number] = races_[i];
    const Step& step = history_[number];
    reverse(earlier, {history_.effect(number), number, step.before, step.relaxes});
  }
  races_.clear();
  if (!redundant_) reverse_pending(outcome);
}

/// What is pending takes part as if it were taken at the end.
void Dpor::reverse_pending(Outcome outcome) {
  const ContextSet pending = footprint_.ended ? footprint_.pending : last_enabled_;
  for (ContextSet rest = pending; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    const bool cut = outcome == Outcome::stopped || outcome == Outcome::bound_reached;
    const Later later = pending_step(id, cut && last_enabled_.contains(id));
    std::array<std::uint32_t, contexts_max> clock{};
    for (std::uint32_t i = later.number - 1; i != 0; --i) {
      const Step& other = history_[i];
      if (history_.before_its_past(i, later) || clock[other.context.value] >= other.index) continue;
      if (!history_.dependent(history_.effect(i), later.effect)) continue;
      for (std::size_t c = 0; c < footprint_.context_count(); ++c)
        clock[c] = std::max(clock[c], history_.clock(i)[c]);
      reverse(i, later);
    }
  }
}

Later Dpor::pending_step(ContextId id, bool enabled) {
  Later later;
  later.number = history_.size();
  later.before = history_.last_of(id);
  later.effect.context = id;
  pending_touches_.clear();
  later.relaxes = footprint_.relaxed.contains(id);
  const Operation& operation = *announced_[id.value];
  if (!footprint_.ended) {
    later.effect.everything = true;
  } else if (operation.kind == EventKind::interrupt) {
    Touch lives = Touch::of(world_part(WorldPart::lives), 1, Mode::read);
    pending_touches_.push_back(lives);
  } else if (touches_what_it_announces(operation)) {
    Touch touch = Touch::of(operation.object, operation.size, operation.mode);
    touch.needs = !enabled;
    pending_touches_.push_back(touch);
  }
  if (later.relaxes) history_.append_looks(later.before, pending_touches_);
  if (footprint_.ended && !enabled) {
    Touch home;
    home.first = footprint_.home(id).bits;
    home.needs = true;
    pending_touches_.push_back(home);
  }
  later.effect.begin = pending_touches_.data();
  later.effect.end = pending_touches_.data() + pending_touches_.size();
  return later;
}

/// Sees to it that an execution takes `later` before `earlier`, if none does that so far.
void Dpor::reverse(std::uint32_t earlier, const Later& later) {
  while (const std::uint32_t closer = history_.obstacle(earlier, later)) {
    if (closer == History::impossible || closer >= earlier) return;
    if (history_.before_its_past(closer, later)) return;
    earlier = closer;
  }
  collect(earlier, later);
  const Step& frame = history_[earlier];
  for (std::uint32_t i = frame.sleepers; i != frame.sleepers_end; ++i)
    if (is_covered(sleepers_[i])) return;
  if (options_.reduction == Reduction::source)
    insert_one(earlier);
  else
    insert(earlier);
}

/// The steps from `earlier` on that do not happen after it, then `later`.
void Dpor::collect(std::uint32_t earlier, const Later& later) {
  sequence_.clear();
  for (std::uint32_t i = earlier + 1; i < later.number; ++i) {
    if (history_.before(earlier, i)) continue;
    const Step& step = history_[i];
    Awaited awaited;
    awaited.effect = history_.effect(i);
    awaited.number = i;
    awaited.index = step.index;
    awaited.values = values_of(step.values, step.values_end);
    sequence_.push_back(awaited);
  }
  Awaited last;
  last.effect = later.effect;
  const bool pending = later.number == history_.size();
  last.uncertain = pending || history_.would_differ(later.number, earlier);
  last.open_values = true;
  sequence_.push_back(last);
  if (last.uncertain && !pending) predict(later.number, earlier);
  order_last(later);
}

/// The order of the last one within the sequence is not that of the history: some of what it waited
/// for there is gone, and it may do something else.
void Dpor::order_last(const Later& later) {
  const Effect& effect = sequence_.back().effect;
  sequence_clock_.assign(contexts_max, 0);
  const auto join = [&](std::uint32_t number) {
    for (std::size_t c = 0; c < footprint_.context_count(); ++c)
      sequence_clock_[c] = std::max(sequence_clock_[c], history_.clock(number)[c]);
  };
  if (later.before != 0) join(later.before);
  for (std::size_t i = sequence_.size() - 1; i-- != 0;) {
    const Awaited& other = sequence_[i];
    if (sequence_clock_[other.effect.context.value] >= other.index) continue;
    if (history_.dependent(other.effect, effect)) join(other.number);
  }
}

/// The last step of the sequence finds something else in memory than it did: a compare-exchange may
/// succeed or fail now.
void Dpor::predict(std::uint32_t number, std::uint32_t earlier) {
  Effect& effect = sequence_.back().effect;
  pending_touches_.assign(effect.begin, effect.end);
  const bool writes = history_.would_write(number, earlier);
  if (history_[number].exchanged.kind == Exchanged::Kind::tried &&
      writes != pending_touches_.front().writes) {
    const Touch home = Touch::of(footprint_.home(effect.context), 1, Mode::write);
    std::erase_if(pending_touches_, [&](const Touch& t) { return t.first == home.first; });
    if (writes) pending_touches_.push_back(home);
    effect.gates = writes;
  }
  pending_touches_.front().writes = writes;
  effect.begin = pending_touches_.data();
  effect.end = effect.begin + pending_touches_.size();
}

/// @pre a stands before b in the sequence.
bool Dpor::precedes(const Awaited& a, const Awaited& b) const {
  const std::uint32_t* clock = b.number == 0 ? sequence_clock_.data() : history_.clock(b.number);
  return clock[a.effect.context.value] >= a.index;
}

bool Dpor::is_initial(std::size_t position) const {
  for (std::size_t i = 0; i < position; ++i)
    if (sequence_[i].alive && precedes(sequence_[i], sequence_[position])) return false;
  return true;
}

/// Is taking `effect` first a way of taking the sequence: since it begins with it, or is independent
/// of all of it? `position`: where it stands in the sequence, or its size.
bool Dpor::covers(const Effect& effect, bool open, std::span<const std::uint32_t> values,
                  std::size_t& position) const {
  bool independent = true;
  for (position = 0; position < sequence_.size(); ++position) {
    const Awaited& step = sequence_[position];
    if (!step.alive) continue;
    if (step.effect.context == effect.context) {
      const bool same = open || values.empty() ||
                        (!step.open_values && std::equal(step.values.begin(), step.values.end(),
                                                         values.begin(), values.end()));
      return same && is_initial(position);
    }
    independent = independent && !history_.dependent(step.effect, effect) &&
                  !(step.uncertain && (is_worldly(effect) || shares_cpu(step.effect, effect)));
  }
  // Algorithm 1 keeps no sequences, and so must not rely on what is only independent of one.
  return independent && options_.reduction == Reduction::optimal;
}

/// Might a step whose outcome is not known depend on it, whatever it turns out to do until its context
/// announces the next one?
bool Dpor::is_worldly(const Effect& effect) {
  return std::any_of(effect.begin, effect.end, [](const Touch& touch) {
    const ObjectClass cls = ObjectId{touch.first}.cls();
    return cls == ObjectClass::residents || cls == ObjectClass::world || cls == ObjectClass::raised;
  });
}

/// A step whose outcome is not known may keep others off its CPU, or let them on.
bool Dpor::shares_cpu(const Effect& a, const Effect& b) const {
  const auto cpu = [&](ContextId id) {
    return footprint_.home(id).payload() / 8;  // see ObjectClass::gate
  };
  return cpu(a.context) == cpu(b.context);
}

bool Dpor::is_covered(const Sleeper& sleeper) const {
  std::size_t position = 0;
  const Effect effect{sleeper.context, sleeper.everything, sleeper.gates,
                      history_.touch(sleeper.touches), history_.touch(sleeper.touches_end)};
  return covers(effect, !sleeper.partial, values_of(sleeper.values, sleeper.values_end), position);
}

/// JACM 2017, definition 7.6: the sequence becomes the last branch of the tree, unless one of its
/// branches leads to the same.
void Dpor::insert(std::uint32_t frame) {
  std::uint32_t parent = WakeupTree::none;
  std::uint32_t node = history_[frame].tree;
  std::uint32_t last = WakeupTree::none;
  std::size_t left = sequence_.size();
  while (node != WakeupTree::none) {
    const WakeupTree::Node& child = tree_[node];
    std::size_t position = 0;
    if (!covers(child.effect(), child.open_values, {child.values.data(), child.value_count},
                position)) {
      last = node;
      node = child.next;
      continue;
    }
    if (position != sequence_.size()) {
      sequence_[position].alive = false;
      if (--left == 0) return;
    }
    if (child.child == WakeupTree::none) return;
    parent = node;
    last = WakeupTree::none;
    node = child.child;
  }
  for (const Awaited& step : sequence_) {
    if (!step.alive) continue;
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

/// Algorithm 1: one step that the sequence can begin with, unless one of those is to be taken.
void Dpor::insert_one(std::uint32_t frame) {
  std::uint32_t last = WakeupTree::none;
  for (std::uint32_t node = history_[frame].tree; node != WakeupTree::none;
       node = tree_[node].next) {
    std::size_t position = 0;
    if (covers(tree_[node].effect(), true, {}, position)) return;
    last = node;
  }
  std::size_t first = sequence_.size() - 1;
  if (!is_initial(first)) first = 0;
  sequence_[first].open_values = true;
  const std::uint32_t made = tree_.add(sequence_[first]);
  (last == WakeupTree::none ? history_[frame].tree : tree_[last].next) = made;
}

// ---- going back -------------------------------------------------------------------------------------

void Dpor::go_back() {
  while (history_.size() > 1) {
    const std::uint32_t number = history_.size() - 1;
    Step& step = history_[number];
    sleepers_.resize(step.sleepers_end);
    history_.cut_touches(step.touches_end);
    values_.resize(step.values_end);
    chosen_.resize(step.values_end);
    put_to_sleep(number);
    if (next_values(step) || next_branch(step)) {
      repeated_ = number;
      return;
    }
    history_.pop();
  }
  repeated_ = 0;
  sleepers_.clear();
  history_.cut_touches(0);
  if (!next_values(history_[0])) exhausted_ = true;
}

/// All behind the step is explored, with the values that it chose.
void Dpor::put_to_sleep(std::uint32_t number) {
  Step& step = history_[number];
  const bool partial = !step.open_values && step.values != step.values_end;
  sleepers_.push_back({step.context, step.everything, step.gates, partial, step.touches,
                       step.touches_end, step.values, step.values_end});
  step.sleepers_end = static_cast<std::uint32_t>(sleepers_.size());
}

/// The same step with the next answers. The old ones are kept, for the step sleeps with them.
bool Dpor::next_values(Step& step) {
  const auto restart = static_cast<std::uint32_t>(values_.size());
  std::uint32_t end = step.values_end;
  while (end != step.values &&
         (values_[end - 1].fixed || values_[end - 1].chosen + 1 >= values_[end - 1].arity))
    --end;
  if (end == step.values) return false;
  history_.reopen_last();
  for (std::uint32_t i = step.values; i != end; ++i) {
    values_.push_back(values_[i]);
    chosen_.push_back(values_[i].chosen);
  }
  ++values_.back().chosen;
  ++chosen_.back();
  step.values = restart;
  step.values_end = static_cast<std::uint32_t>(values_.size());
  step.subtree = WakeupTree::none;
  return true;
}

/// A step that was predicted to be possible need not be: what would be read there was not known.
void Dpor::drop_unable(Step& step) {
  while (step.tree != WakeupTree::none && !step.enabled.contains(tree_[step.tree].context)) {
    const std::uint32_t next = tree_[step.tree].next;
    tree_.free_with_children(step.tree);
    step.tree = next;
  }
}

bool Dpor::next_branch(Step& step) {
  drop_unable(step);
  const std::uint32_t taken = step.tree;
  if (taken == WakeupTree::none) return false;
  const WakeupTree::Node node = tree_[taken];
  tree_.free(taken);
  history_.replace_last(node.context);
  step.tree = node.next;
  step.subtree = node.child;
  step.open_values = node.open_values;
  step.values = static_cast<std::uint32_t>(values_.size());
  for (std::uint8_t i = 0; i < node.value_count; ++i) {
    values_.push_back({node.values[i], 0, true});
    chosen_.push_back(node.values[i]);
  }
  step.values_end = static_cast<std::uint32_t>(values_.size());
  return true;
}

}  // namespace heddle::sim
