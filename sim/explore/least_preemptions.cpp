#include "sim/explore/least_preemptions.hpp"

#include <algorithm>

#include "sim/core/rng.hpp"

namespace heddle::sim {
namespace {

/// Somebody who is about to do that lets others go first (see last_could_go_on).
bool gives_way(EventKind kind) { return kind == EventKind::yield || kind == EventKind::interrupt; }

}  // namespace

LeastPreemptions::LeastPreemptions(std::pmr::memory_resource& memory, const History& history)
    : history_(history),
      steps_(&memory),
      state_(&memory),
      open_(&memory),
      dearer_(&memory),
      closed_(&memory),
      closed_by_hash_(&memory),
      left_out_(&memory),
      cut_(&memory) {}

bool LeastPreemptions::within(std::uint32_t bound) {
  end_ = history_.size();
  extra_ = 0;
  left_out_.clear();
  sort_by_context();
  return as_taken() <= bound || find_order(bound);
}

bool LeastPreemptions::might_be_within(std::uint32_t bound, std::uint32_t end,
                                       std::uint32_t extra) {
  if (history_[extra].relaxes) return true;
  end_ = end;
  extra_ = extra;
  left_out_.clear();
  ContextSet met;
  for (std::uint32_t i = end; i < extra; ++i) {
    if (!met.contains(history_[i].context)) left_out_.push_back(i);
    met.add(history_[i].context);
  }
  history_.least_clock(extra, end, extra_clock_.data());
  sort_by_context();
  return as_taken() <= bound || find_order(bound);
}

void LeastPreemptions::sort_by_context() {
  std::array<std::uint32_t, contexts_max> count{};
  for (std::uint32_t i = 1; i < end_; ++i) ++count[history_[i].context.value];
  if (extra_ != 0) ++count[history_[extra_].context.value];
  slots_ = 0;
  std::array<std::uint32_t, contexts_max> at{};
  std::uint32_t sum = 0;
  for (std::uint16_t c = 0; c < contexts_max; ++c) {
    if (count[c] == 0) continue;
    contexts_[slots_] = ContextId{c};
    begin_[slots_++] = at[c] = sum;
    sum += count[c];
  }
  begin_[slots_] = sum;
  steps_.resize(sum);
  for (std::uint32_t i = 1; i < end_; ++i) steps_[at[history_[i].context.value]++] = i;
  if (extra_ != 0) steps_[at[history_[extra_].context.value]++] = extra_;
}

/// How many preemptions the history itself has.
std::uint32_t LeastPreemptions::as_taken() const {
  std::array<std::uint32_t, contexts_max> next{};  // of each context, from the end
  std::uint32_t preemptions = 0;
  if (extra_ != 0) next[history_[extra_].context.value] = extra_;
  for (std::uint32_t i = end_ - 1; i != 0; --i) {
    const Step& step = history_[i];
    const ContextId last = history_[i - 1].context;
    const auto waits = [&](ContextId id) {
      return id != step.context && step.awake.contains(id) && next[id.value] != 0;
    };
    bool preempts = i != 1 && waits(last) && !gives_way(history_[next[last.value]].kind);
    if (step.kind == EventKind::interrupt)
      for (std::size_t slot = 0; slot < slots_ && !preempts; ++slot)
        preempts = waits(contexts_[slot]) &&
                   history_[next[contexts_[slot].value]].kind != EventKind::interrupt;
    if (preempts) ++preemptions;
    next[step.context.value] = i;
  }
  return preemptions;
}

/// Cheapest first; of equal cost, those that go on with the same context.
bool LeastPreemptions::find_order(std::uint32_t bound) {
  open_.clear();
  dearer_.clear();
  closed_.clear();
  closed_count_ = 0;
  std::fill(closed_by_hash_.begin(), closed_by_hash_.end(), 0);
  state_.assign(slots_ + 1, 0);
  state_[slots_] = static_cast<Taken>(slots_);
  open_.assign(state_.begin(), state_.end());
  for (std::uint32_t cost = 0; cost <= bound; ++cost) {
    while (pop(open_)) {
      if (!close()) continue;
      taken_ = 0;
      for (std::size_t slot = 0; slot < slots_; ++slot) taken_ += state_[slot];
      if (taken_ == steps_.size() || closed_count_ == states_max) return true;
      expand();
    }
    open_.swap(dearer_);
  }
  return false;
}

void LeastPreemptions::expand() {
  const std::size_t last = state_[slots_];
  const bool preempts = last != slots_ && could_go_on(last);
  for (std::size_t i = 0; i < slots_; ++i) {
    const std::size_t slot = i < last ? i : i + 1 == slots_ ? last : i + 1;
    const std::uint32_t step = next_of(slot);
    if (step == 0 || !is_ready(step)) continue;
    const bool costs = (preempts && slot != last) ||
                       (history_[step].kind == EventKind::interrupt && somebody_waits(slot));
    push(costs ? dearer_ : open_, slot);
  }
}

/// The slot's next step; 0: there is none.
std::uint32_t LeastPreemptions::next_of(std::size_t slot) const {
  const std::uint32_t at = begin_[slot] + state_[slot];
  return at == begin_[slot + 1] ? 0 : steps_[at];
}

/// Were all steps taken that happen before it?
bool LeastPreemptions::is_ready(std::uint32_t step) const {
  const std::uint32_t* const clock = step == extra_ ? extra_clock_.data() : history_.clock(step);
  for (std::size_t slot = 0; slot < slots_; ++slot)
    if (contexts_[slot] != history_[step].context && clock[contexts_[slot].value] > state_[slot])
      return false;
  return true;
}

/// Does its context exist, and could it step? Not this step, if that is not ready, but another one
/// in its place.
bool LeastPreemptions::could_be_taken(std::uint32_t step) {
  if (step != extra_ && is_ready(step)) return true;
  if (const std::uint32_t creator = history_.creator_of(step)) {
    for (std::size_t slot = 0; slot < slots_; ++slot)
      if (contexts_[slot] == history_[creator].context && history_[creator].index > state_[slot])
        return false;
  }
  cut_.assign(left_out_.begin(), left_out_.end());
  for (std::size_t slot = 0; slot < slots_; ++slot)
    if (const std::uint32_t next = next_of(slot)) cut_.push_back(next);
  std::sort(cut_.begin(), cut_.end());
  return history_.obstacle(cut_, history_.later(step)) == 0;
}

bool LeastPreemptions::could_go_on(std::size_t slot) {
  const std::uint32_t next = next_of(slot);
  return next != 0 && !gives_way(history_[next].kind) && could_be_taken(next);
}

/// Could anybody but interrupts step where this one lands?
bool LeastPreemptions::somebody_waits(std::size_t landing) {
  for (std::size_t slot = 0; slot < slots_; ++slot) {
    const std::uint32_t next = next_of(slot);
    if (slot != landing && next != 0 && history_[next].kind != EventKind::interrupt &&
        could_be_taken(next))
      return true;
  }
  return false;
}

void LeastPreemptions::push(std::pmr::vector<Taken>& states, std::size_t slot) {
  states.insert(states.end(), state_.begin(), state_.end());
  ++*(states.end() - static_cast<std::ptrdiff_t>(slots_ + 1 - slot));
  states.back() = static_cast<Taken>(slot);
}

bool LeastPreemptions::pop(std::pmr::vector<Taken>& states) {
  if (states.empty()) return false;
  const auto from = states.end() - static_cast<std::ptrdiff_t>(slots_ + 1);
  std::copy(from, states.end(), state_.begin());
  states.erase(from, states.end());
  return true;
}

/// @returns false if the state was closed before, and so as cheaply.
bool LeastPreemptions::close() {
  if (2 * (closed_count_ + 1) > closed_by_hash_.size()) grow_closed();
  std::uint64_t hash = 0;
  for (const Taken part : state_) hash = mix(hash, part);
  const std::size_t stride = slots_ + 1;
  for (std::size_t i = hash;; ++i) {
    std::uint32_t& place = closed_by_hash_[i & (closed_by_hash_.size() - 1)];
    if (place == 0) {
      closed_.insert(closed_.end(), state_.begin(), state_.end());
      place = static_cast<std::uint32_t>(++closed_count_);
      return true;
    }
    if (std::equal(state_.begin(), state_.end(),
                   closed_.begin() + static_cast<std::ptrdiff_t>((place - 1) * stride)))
      return false;
  }
}

void LeastPreemptions::grow_closed() {
  const std::size_t size = std::max<std::size_t>(1024, 2 * closed_by_hash_.size());
  closed_by_hash_.assign(size, 0);
  const std::size_t stride = slots_ + 1;
  for (std::size_t place = 0; place < closed_count_; ++place) {
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < stride; ++i) hash = mix(hash, closed_[place * stride + i]);
    std::size_t at = hash & (size - 1);
    while (closed_by_hash_[at] != 0) at = (at + 1) & (size - 1);
    closed_by_hash_[at] = static_cast<std::uint32_t>(place + 1);
  }
}

}  // namespace heddle::sim
