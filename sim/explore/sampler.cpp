#include "sim/explore/sampler.hpp"

#include <algorithm>
#include <charconv>

#include "sim/core/check.hpp"
#include "sim/explore/phases.hpp"

namespace heddle::sim {
namespace {

constexpr std::uint64_t counted_executions = 64;  // at the start of each phase
constexpr std::uint64_t bandit_from = 512;        // shares by weight before this index
constexpr std::uint32_t all_shares = 1'000;
constexpr std::uint64_t dry_executions = 1'000;  // fewer new pairs than one in so many say nothing
constexpr std::uint64_t arm_salt = 0x61726D;     // another stream than the walk's
constexpr std::string_view share_word = "share ";

}  // namespace

Sampler::Sampler(std::uint64_t seed, std::span<const Arm> arms, bool swarm, SchedulePool* pool)
    : seed_(seed), arm_count_(arms.size()), swarm_(swarm), pool_(pool) {
  HEDDLE_CHECK(!arms.empty() && arms.size() <= arms_max, "a sampler has 1 to 16 arms");
  std::copy(arms.begin(), arms.end(), arms_.begin());
  shares_ = first_shares();
}

Sampler::Shares Sampler::first_shares() const {
  const bool is_recorded = pool_ != nullptr && !pool_->kept().empty();
  const auto weight = [&](std::size_t arm) {
    return arms_[arm].mutates && !is_recorded ? 0 : arms_[arm].weight;
  };
  std::uint32_t weights = 0;
  for (std::size_t arm = 0; arm < arm_count_; ++arm) weights += weight(arm);
  HEDDLE_CHECK(weights != 0, "some arm has a weight");
  Shares shares{};
  std::uint32_t given = 0;
  for (std::size_t arm = 0; arm < arm_count_; ++arm)
    given += shares[arm] = all_shares * weight(arm) / weights;
  shares[0] += all_shares - given;
  return shares;
}

std::size_t Sampler::draw_arm() {
  std::uint32_t drawn = rng_.below(all_shares);
  std::size_t arm = 0;
  for (; drawn >= shares_[arm]; ++arm) drawn -= shares_[arm];
  return arm;
}

Chooser& Sampler::begin(std::uint64_t index) {
  const std::uint64_t own_seed = mix(seed_, index);
  rng_ = Rng(mix(own_seed, arm_salt));
  const std::size_t arm = arm_count_ == 1 ? 0 : draw_arm();
  ++made_[arm];
  last_index_ = std::max(last_index_, index);
  walk_ = arms_[arm].walk;
  walk_->begin(own_seed, profile_);
  tells_forced_ = walk_->wants_forced();

  const bool leaves_out = swarm_ && rng_.below(2) != 0 && !arms_[arm].mutates;
  no_faults_ = leaves_out && rng_.below(2) != 0;
  leaves_out_ = leaves_out;
  met_ = left_out_ = {};

  counts_ = index - executions_known_at(index) < counted_executions;
  if (counts_) census_.begin();
  coverage_.begin(index, static_cast<std::uint8_t>(arm));
  if (pool_ != nullptr) pool_->begin(index);
  return *this;
}

void Sampler::end(Outcome) {
  if (counts_) census_.end();
  if (pool_ != nullptr) pool_->end(coverage_.is_new());
}

/// Never empty: what is left out comes when nothing else can.
ContextSet Sampler::without_left_out(const SchedulePoint& point) {
  for (ContextSet fresh = point.enabled - met_; !fresh.empty();) {
    const ContextId id = fresh.first();
    fresh.remove(id);
    met_.add(id);
    if (point.operation(id).kind == EventKind::interrupt && rng_.below(2) != 0) left_out_.add(id);
  }
  ContextSet rest = point.enabled;
  for (ContextSet out = left_out_ & point.enabled; !out.empty();) {
    const ContextId id = out.first();
    out.remove(id);
    // A handler that runs goes on.
    if (point.operation(id).kind == EventKind::interrupt) rest.remove(id);
  }
  return rest.empty() ? point.enabled : rest;
}

ContextId Sampler::schedule(const SchedulePoint& point) {
  SchedulePoint open = point;
  if (leaves_out_) open.enabled = without_left_out(point);
  ContextId chosen = open.enabled.first();
  if (open.enabled.count() == 1) {
    if (tells_forced_) walk_->forced(open);
  } else {
    chosen = walk_->schedule(open);
  }
  took(point, chosen);
  return chosen;
}

void Sampler::forced(const SchedulePoint& point) {
  if (tells_forced_) walk_->forced(point);
  took(point, point.enabled.first());
}

std::uint32_t Sampler::value(Reason reason, std::uint32_t arity) {
  const bool is_left_out = no_faults_ && (reason == Reason::allocation || reason == Reason::fault);
  const std::uint32_t chosen = is_left_out ? 0 : walk_->value(reason, arity);
  if (pool_ != nullptr) pool_->value(chosen);
  return chosen;
}

// ---- what is learned ---------------------------------------------------------------------------

void Sampler::gather(const Strategy& strategy) {
  const auto& other = dynamic_cast<const Sampler&>(strategy);
  census_.gather(other.census_);
  coverage_.gather(other.coverage_);
  if (pool_ != nullptr) pool_->gather(*other.pool_, coverage_);
  for (std::size_t arm = 0; arm < arm_count_; ++arm) made_[arm] += other.made_[arm];
  last_index_ = std::max(last_index_, other.last_index_);
}

/// Half of them by weight, half by what the arms have reached in this phase, if that is anything.
Sampler::Shares Sampler::earned_shares() const {
  std::array<std::uint64_t, 256> reached{};
  coverage_.credit(executions_known_at(last_index_), reached);
  std::array<std::uint64_t, arms_max> earned{};  // new pairs per million executions
  std::uint64_t made = 0;
  std::uint64_t reached_by_all = 0;
  for (std::size_t arm = 0; arm < arm_count_; ++arm) {
    made += made_[arm];
    reached_by_all += reached[arm];
  }
  const bool is_dry = reached_by_all * dry_executions < made;
  std::uint64_t sum = 0;
  for (std::size_t arm = 0; arm < arm_count_; ++arm) {
    if (is_dry)
      earned[arm] = arms_[arm].deep ? arms_[arm].weight : 0;
    else if (made_[arm] != 0)
      earned[arm] = reached[arm] * 1'000'000 / made_[arm];
    sum += earned[arm];
  }
  Shares shares = first_shares();
  if (sum == 0) return shares;
  std::uint32_t given = 0;
  for (std::size_t arm = 0; arm < arm_count_; ++arm) {
    shares[arm] =
        shares[arm] / 2 + static_cast<std::uint32_t>(earned[arm] * (all_shares / 2) / sum);
    given += shares[arm];
  }
  shares[0] += all_shares - given;
  return shares;
}

std::string Sampler::knowledge() const {
  std::string text;
  Profile profile = profile_;
  census_.conclude(profile);
  profile.write(text);
  if (arm_count_ == 1) return text;
  const bool is_bandit = last_index_ + 1 >= bandit_from;
  for (const std::uint32_t share : is_bandit ? earned_shares() : first_shares())
    text.append(share_word).append(std::to_string(share)).append("\n");
  if (pool_ != nullptr) pool_->write(text, coverage_);
  return text;
}

void Sampler::know(std::string_view text) {
  profile_.read(text);
  std::size_t arm = 0;
  for (std::size_t at = text.find(share_word); at != text.npos && arm < arms_max;
       at = text.find(share_word, at + 1)) {
    const char* const first = text.data() + at + share_word.size();
    std::from_chars(first, text.data() + text.size(), shares_[arm++]);
  }
  if (pool_ != nullptr) pool_->read(text);
  census_.clear();
  made_ = {};
}

}  // namespace heddle::sim
