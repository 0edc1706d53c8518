#include "sim/explore/dpor.hpp"

#include <algorithm>

#include "sim/core/check.hpp"

namespace heddle::sim {

Dpor::Dpor(std::pmr::memory_resource& memory, Options options)
    : options_(options),
      history_(memory, footprint_, options.steps_max),
      tree_(memory),
      least_preemptions_(memory, history_),
      sleepers_(&memory),
      values_(&memory),
      chosen_(&memory),
      races_(&memory),
      sequence_(&memory),
      strangers_(&memory),
      pending_touches_(&memory),
      cut_(&memory),
      nothing_cut_(&memory),
      requests_(&memory),
      requested_(&memory) {
  sleepers_.reserve(4 * options.steps_max);
  values_.reserve(1024);
  chosen_.reserve(1024);
  races_.reserve(options.steps_max);
  first_indices_.fill(never);
}

// ---- executing ----------------------------------------------------------------------------------

Chooser& Dpor::begin(std::uint64_t) {
  HEDDLE_CHECK(!exhausted_, "a search that is exhausted makes no further execution");
  position_ = asked_ = 0;
  new_from_ = std::max(repeated_, 1u);
  idle_ = redundant_ = halfway_ = beyond_ = false;
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
    if (position_ == repeated_) note_pending(point);
    begin_step(point, step.context);
    return step.context;
  }
  return enter(point);
}

ContextId Dpor::enter(const SchedulePoint& point) {
  if (idle_) return point.enabled.first();
  finish_step(false);
  note_pending(point);
  if (is_beyond()) {
    redundant_ = beyond_ = true;
    return no_context;
  }
  Step state;
  const ContextId chosen = pick(point, state);
  if (chosen == no_context) {
    if (idle_) return point.enabled.first();
    redundant_ = true;
    return no_context;
  }
  Step& step = history_.push(chosen);
  step.enabled = point.enabled;
  step.awake = state.awake;
  step.sleepers = state.sleepers;
  step.sleepers_end = state.sleepers_end;
  step.tree = state.tree;
  step.subtree = state.subtree;
  step.open_values = state.open_values;
  step.unguided = state.unguided;
  step.values = state.values;
  step.values_end = state.values_end;
  if (mispredicted_) widen(history_.size() - 1);
  repeated_ = ++position_;
  begin_step(point, chosen);
  return chosen;
}

/// What waits before the last step, should the execution end with that.
void Dpor::note_pending(const SchedulePoint& point) {
  announced_ = point.announced;
  last_enabled_ = point.enabled;
}

void Dpor::begin_step(const SchedulePoint& point, ContextId chosen) {
  if (position_ == repeated_) {
    history_.back().relaxes = footprint_.relaxed.contains(chosen);
    history_.back().kind = point.operation(chosen).kind;
  }
  footprint_.begin_step(chosen, point.operation(chosen));
}

ContextSet Dpor::awake(const SchedulePoint& point) {
  ContextSet awake = point.enabled;
  for (ContextSet rest = point.enabled & footprint_.relaxed; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    if (!history_.is_awake(history_.last_of(id), history_.size(), nothing_cut_)) awake.remove(id);
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
  state.unguided = history_.back().unguided;
  const ContextSet enabled = state.awake = awake(point);
  mispredicted_ = false;
  while (state.tree != WakeupTree::none) {
    const WakeupTree::Node& node = tree_[state.tree];
    if (enabled.contains(node.context) && !sleeps(node.context, state)) {
      const std::uint32_t taken = state.tree;
      const ContextId chosen = node.context;
      state.open_values = node.open_values;
      fix_values(taken);
      state.values_end = static_cast<std::uint32_t>(values_.size());
      state.subtree = node.child;
      state.tree = node.next;
      tree_.free(taken);
      return chosen;
    }
    state.tree = drop_branch(state.tree, enabled);
  }
  state.unguided = state.unguided || state.sleepers != state.sleepers_end;
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
      point.last != no_context && open.contains(point.last) ? point.last : open.first();
  if (options_.reduction == Reduction::sleep) {
    open.remove(chosen);
    for (; !open.empty(); open.remove(open.first())) {
      const Summary summary = summary_of(open.first());
      Awaited single{{&summary}};
      single.open_values = true;
      const std::uint32_t node = tree_.add(single);
      tree_[node].next = state.tree;
      state.tree = node;
    }
  }
  return chosen;
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
    redundant_ = halfway_ = true;
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
    if (!history_.dependent(this->effect(sleeper), effect)) sleepers_.push_back(sleeper);
  }
}

void Dpor::end(Outcome outcome) {
  history_.make_room();  // for contexts of a set-up, or of a step that was given up
  if (position_ < repeated_) {
    // The execution was shorter than its prefix was the last time; or its process died early in it.
    diverged_ = diverged_ || outcome == Outcome::finished || outcome == Outcome::stuck;
  }
  if (position_ != 0 && !idle_ && !redundant_ && position_ == repeated_)
    finish_step(outcome == Outcome::stopped || outcome == Outcome::bound_reached);
  if (options_.reduction != Reduction::sleep) {
    if (beyond_)
      widen();
    else
      reverse_races(outcome);
  }
  if (position_ != 0 && position_ == repeated_ && !redundant_) beyond_ = is_beyond();
  goes_on_ = true;
  go_back();
}

// ---- bounds -------------------------------------------------------------------------------------

bool Dpor::is_beyond() {
  return options_.preemptions != no_preemption_bound &&
         !least_preemptions_.within(options_.preemptions);
}

/// Something was given up below all states of the path.
void Dpor::widen() {
  widens_above_ = true;
  // The sequences go on with steps that nobody looks at.
  for (History::Race& race : races_) race.sleeper = nobody;
  for (std::uint32_t i = history_.size() - 1; i > floor_ && !history_[i].widened; --i) {
    history_[i].widened = true;
    widen(i);
  }
}

/// What is certain to be beyond the bound need not be begun.
bool Dpor::is_hopeless(ContextId id, std::uint32_t number) {
  if (options_.preemptions == no_preemption_bound) return false;
  std::uint32_t next = history_.last_of(id);
  if (next <= number || id == history_[number].context) return false;
  while (history_[next].before > number) next = history_[next].before;
  return !least_preemptions_.might_be_within(options_.preemptions, number, next);
}

/// Every context that does not sleep there is to be taken from that state.
void Dpor::widen(std::uint32_t number) {
  Step& step = history_[number];
  // Who sleeps covers no longer what it is only independent of: the race that would have led there
  // may be among those that are not known.
  step.unguided = true;
  ContextSet open = step.awake;
  if (step.open_values) open.remove(step.context);
  for (std::uint32_t i = step.sleepers; i != step.sleepers_end; ++i)
    if (!sleepers_[i].partial) open.remove(sleepers_[i].context);
  // What else a step of the tree chooses may only be known from what was given up.
  tree_.open_values(step.tree);
  std::uint32_t last = WakeupTree::none;
  for (std::uint32_t node = step.tree; node != WakeupTree::none; node = tree_[node].next) {
    open.remove(tree_[node].context);
    last = node;
  }
  for (; !open.empty(); open.remove(open.first())) {
    if (is_hopeless(open.first(), number)) continue;
    Summary summary = summary_of(open.first());
    summary.everything = true;  // as far as is known
    Awaited single{{&summary}};
    single.uncertain = true;
    single.open_values = true;
    const std::uint32_t made = tree_.add(single);
    (last == WakeupTree::none ? step.tree : tree_[last].next) = made;
    last = made;
  }
}

// ---- races --------------------------------------------------------------------------------------

void Dpor::reverse_races(Outcome outcome) {
  for (History::Race& race : races_) {
    if (race.cut == unknown) {
      const bool found = find_cut(race.earlier, history_.later(race.later));
      race.cut = !found ? History::impossible : cut_.size() == 1 ? cut_.front() : several;
      if (!found) continue;
    } else if (race.cut != History::impossible && is_extended(race)) {
      if (race.cut == several)
        find_cut(race.earlier, history_.later(race.later));
      else
        cut_.assign(1, race.cut);
    } else {
      continue;
    }
    reverse(history_.later(race.later));
    race.sleeper = cut_.size() == 1 ? explored_by_ : nobody;
  }
  reverse_pending(outcome);
}

/// Is any step that the last execution did not have part of the sequence that reverses the race? If
/// one who sleeps is known to cover the sequence so far: any that it depends on.
bool Dpor::is_extended(const History::Race& race) const {
  if (race.cut == several) return true;
  const bool is_covered = race.sleeper != nobody;
  const Effect slept = is_covered ? effect(sleepers_[race.sleeper]) : Effect{};
  for (std::uint32_t i = new_from_; i < history_.size() - (halfway_ ? 1 : 0); ++i) {
    if (is_covered && !history_.dependent(slept, history_.effect(i))) continue;
    if (!history_.before(race.cut, i) && !history_.before(race.later, i)) return true;
  }
  return false;
}

/// What is pending takes part as if it were taken at the end.
void Dpor::reverse_pending(Outcome outcome) {
  const auto end = history_.size() - (halfway_ ? 1 : 0);
  if (end <= 1) return;
  const bool cut = outcome == Outcome::stopped || outcome == Outcome::bound_reached;
  for (ContextSet rest = footprint_.ended ? footprint_.pending : last_enabled_; !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    // Of a redundant execution, who was enabled is asleep: taken from here before.
    if (redundant_ && last_enabled_.contains(id)) continue;
    const Later later = pending_step(id, end, cut && last_enabled_.contains(id));
    std::array<std::uint32_t, contexts_max> clock{};
    for (std::uint32_t i = end - 1; i != 0; --i) {
      const Step& other = history_[i];
      if (history_.before_its_past(i, later) || clock[other.context.value] >= other.index) continue;
      if (!history_.dependent(history_.effect(i), later.effect)) continue;
      for (std::size_t c = 0; c < footprint_.context_count(); ++c)
        clock[c] = std::max(clock[c], history_.clock(i)[c]);
      if (find_cut(i, later)) reverse(later);
    }
  }
}

Later Dpor::pending_step(ContextId id, std::uint32_t number, bool enabled) {
  Later later;
  later.number = number;
  later.pending = true;
  later.before = history_.last_of(id);
  pending_ = summary_of(id);
  pending_touches_.clear();
  later.relaxes = footprint_.relaxed.contains(id);
  later.condition = footprint_.condition(id);
  later.finds = !footprint_.awaits_in_vain(id);
  const Operation& operation = *announced_[id.value];
  if (!footprint_.ended) {
    pending_.everything = true;
  } else if (operation.kind == EventKind::interrupt) {
    Touch lives = Touch::of(world_part(WorldPart::lives), 1, Mode::read);
    pending_touches_.push_back(lives);
  } else if (touches_what_it_announces(operation)) {
    Touch touch = Touch::of(operation.object, operation.size, operation.mode);
    touch.needs = !enabled && !footprint_.unblocked.contains(id);
    pending_touches_.push_back(touch);
  }
  if (later.relaxes) history_.append_looks(later.before, pending_touches_);
  if (pending_.is_nomad()) {
    pending_touches_.push_back(footprint_.seat(id));
  } else if (footprint_.ended && !enabled) {
    Touch home = Touch::of(pending_.home, 1, Mode::read);
    home.needs = true;
    pending_touches_.push_back(home);
  }
  later.effect = pending_effect();
  return later;
}

/// What must be left out so that `later` can be taken before `earlier`. @returns whether it can.
bool Dpor::find_cut(std::uint32_t earlier, const Later& later) {
  cut_.assign(1, earlier);
  while (const std::uint32_t closer = history_.obstacle(cut_, later)) {
    if (closer == History::impossible || history_.before_its_past(closer, later)) return false;
    // What it closed may be opened by a step that is left out without it, or by one that is not.
    if (closer < cut_.front())
      cut_.assign(1, closer);
    else
      cut_.push_back(closer);
  }
  return true;
}

/// What the pending step does, once its touches are known.
Effect Dpor::pending_effect() {
  const Touch* const begin = pending_touches_.data();
  const Touch* const end = begin + pending_touches_.size();
  pending_.sign(begin, end);
  return {&pending_, begin, end};
}

/// Sees to it that an execution takes `later` without the cut before it, if none does that so far.
void Dpor::reverse(const Later& later) {
  explored_by_ = nobody;
  collect(later);
  const std::uint32_t number = cut_.front();
  if (is_explored(history_[number], later.number)) return;
  if (number <= floor_)
    request(number);
  else if (options_.reduction == Reduction::source)
    insert_one(number);
  else
    insert(number);
}

// ---- going back ---------------------------------------------------------------------------------

void Dpor::go_back() {
  while (history_.size() > 1) {
    const std::uint32_t number = history_.size() - 1;
    if (number == floor_) {
      exhausted_ = true;
      return;
    }
    if (go_on_at(number)) return;
    history_.pop();
  }
  repeated_ = 0;
  races_.clear();
  sleepers_.clear();
  history_.cut_touches(0);
  if (!next_values(history_[0])) exhausted_ = true;
}

/// Takes the next branch of the last frame, if there is one.
bool Dpor::go_on_at(std::uint32_t number) {
  Step& step = history_[number];
  sleepers_.resize(step.sleepers_end);
  history_.cut_touches(step.touches_end);
  values_.resize(step.values_end);
  chosen_.resize(step.values_end);
  // A step that was given up halfway sleeps already, with each of its values.
  if (!halfway_) put_to_sleep(number);
  halfway_ = false;
  if (!next_values(step) && !next_branch(number)) return false;
  repeated_ = number;
  while (!races_.empty() && races_.back().later >= number) races_.pop_back();
  return true;
}

/// All behind the step is explored, with the values that it chose.
void Dpor::put_to_sleep(std::uint32_t number) {
  Step& step = history_[number];
  sleepers_.push_back(
      {step, is_partial(step), step.touches, step.touches_end, step.values, step.values_end});
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
bool Dpor::is_able(ContextId id, const Step& state) const {
  return state.enabled.contains(id) && !sleeps(id, state);
}

/// Will the step that is taken there be asleep when others are taken?
bool Dpor::will_sleep(ContextId id, const Step& state) const {
  return options_.preemptions != no_preemption_bound && id == state.context && !is_partial(state);
}

/// Was all behind the step of the context explored, with whatever it chooses? Only where states are
/// widened is it asked of what a wakeup sequence takes.
bool Dpor::sleeps(ContextId id, const Step& state) const {
  if (options_.preemptions == no_preemption_bound) return false;
  for (std::uint32_t i = state.sleepers; i != state.sleepers_end; ++i)
    if (sleepers_[i].context == id && !sleepers_[i].partial) return true;
  return false;
}

/// The branch cannot be taken there: all behind its first step was explored since the state was
/// widened; or that step was predicted, and what was read is another value than was foreseen.
/// @returns the next one.
std::uint32_t Dpor::drop_branch(std::uint32_t branch, ContextSet enabled) {
  mispredicted_ = mispredicted_ || !enabled.contains(tree_[branch].context);
  const std::uint32_t next = tree_[branch].next;
  tree_.free_with_children(branch);
  return next;
}

bool Dpor::next_branch(std::uint32_t number) {
  Step& step = history_[number];
  mispredicted_ = false;
  while (step.tree != WakeupTree::none && !is_able(tree_[step.tree].context, step))
    step.tree = drop_branch(step.tree, step.enabled);
  if (mispredicted_) widen(number);
  const std::uint32_t taken = step.tree;
  if (taken == WakeupTree::none) return false;
  const WakeupTree::Node& node = tree_[taken];
  history_.replace_last(node.context);
  step.tree = node.next;
  step.subtree = node.child;
  step.open_values = node.open_values;
  step.values = static_cast<std::uint32_t>(values_.size());
  fix_values(taken);
  step.values_end = static_cast<std::uint32_t>(values_.size());
  tree_.free(taken);
  return true;
}

/// The branch's first step answers as it did where it was taken.
void Dpor::fix_values(std::uint32_t branch) {
  for (const std::uint32_t value : tree_.values(branch)) {
    values_.push_back({value, 0, true});
    chosen_.push_back(value);
  }
}

}  // namespace heddle::sim
