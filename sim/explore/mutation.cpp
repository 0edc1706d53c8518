#include "sim/explore/mutation.hpp"

#include <algorithm>

namespace heddle::sim {
namespace {

constexpr std::uint32_t moved_max = 8;  // how many runs away
constexpr std::uint32_t new_value_percent = 5;

}  // namespace

void MutatedWalk::prepare() {
  size_ = at_ = done_ = next_value_ = 0;
  repeated_ = nullptr;
  const auto kept = pool_.kept();
  if (kept.empty()) return;
  repeated_ = &kept[rng_.below(static_cast<std::uint32_t>(kept.size()))];
  size_ = repeated_->run_count;
  std::copy_n(repeated_->runs.begin(), size_, runs_.begin());
  for (std::uint32_t edits = 1 + rng_.below(edits_max); edits != 0 && size_ != 0; --edits) edit();
}

void MutatedWalk::edit() {
  switch (rng_.below(6)) {
    case 0:
      return cut();
    case 1:
      return swap();
    case 2:
      return move();
    case 3:
      return resize();
    case 4:
      return take_out(rng_.below(size_));
    default:
      return interrupt();
  }
}

/// Only the beginning is repeated.
void MutatedWalk::cut() { size_ = 1 + rng_.below(size_); }

void MutatedWalk::swap() {
  const std::uint32_t at = rng_.below(size_);
  if (at + 1 != size_) std::swap(runs_[at], runs_[at + 1]);
}

void MutatedWalk::move() {
  const std::uint32_t from = rng_.below(size_);
  const Run run = runs_[from];
  take_out(from);
  const std::uint32_t low = from - std::min(from, moved_max);
  put_in(low + rng_.below(std::min(size_, from + moved_max) - low + 1), run);
}

/// The context is preempted earlier or later.
void MutatedWalk::resize() {
  Run& run = runs_[rng_.below(size_)];
  run.steps = static_cast<std::uint16_t>(1 + rng_.below(std::min(2u * run.steps + 2, 65'535u)));
}

/// Another context that steps elsewhere gets in between.
void MutatedWalk::interrupt() {
  const std::uint32_t at = rng_.below(size_);
  const auto steps = static_cast<std::uint16_t>(1 + rng_.below(1u << rng_.below(6)));
  const Run other{runs_[rng_.below(size_)].context, steps};
  const Run whole = runs_[at];
  const auto before = static_cast<std::uint16_t>(rng_.below(whole.steps));
  runs_[at].steps = static_cast<std::uint16_t>(whole.steps - before);
  put_in(at, other);
  if (before != 0) put_in(at, {whole.context, before});
}

void MutatedWalk::take_out(std::uint32_t at) {
  std::copy(runs_.begin() + at + 1, runs_.begin() + size_, runs_.begin() + at);
  --size_;
}

void MutatedWalk::put_in(std::uint32_t at, Run run) {
  if (size_ == runs_.size()) return;
  std::copy_backward(runs_.begin() + at, runs_.begin() + size_, runs_.begin() + size_ + 1);
  runs_[at] = run;
  ++size_;
}

ContextId MutatedWalk::schedule(const SchedulePoint& point) {
  for (; at_ != size_; ++at_, done_ = 0) {
    const Run& run = runs_[at_];
    if (done_ == run.steps || !point.enabled.contains(run.context)) continue;
    ++done_;
    return run.context;
  }
  return any_of(point.enabled);
}

/// A step that nobody chose may be one of the run's, or the first of the next one.
void MutatedWalk::forced(const SchedulePoint& point) {
  const ContextId id = point.enabled.first();
  if (at_ != size_ && runs_[at_].context == id && done_ != runs_[at_].steps) {
    ++done_;
  } else if (at_ + 1 < size_ && runs_[at_ + 1].context == id) {
    ++at_;
    done_ = 1;
  }
}

std::uint32_t MutatedWalk::value(Reason reason, std::uint32_t arity) {
  if (repeated_ == nullptr || next_value_ == repeated_->value_count)
    return Walk::value(reason, arity);
  const std::uint32_t value = repeated_->values[next_value_++];
  if (value >= arity || rng_.below(100) < new_value_percent) return Walk::value(reason, arity);
  return value;
}

}  // namespace heddle::sim
