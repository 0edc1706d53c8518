// The sampler: makes executions by one walk, or by several in turn (a portfolio). It counts what
// walks need to know of the program, and the interleaving coverage that they reach.
//
// Execution k is drawn from mix(seed, k) and what was learned in earlier phases (phases.hpp). In a
// portfolio arms have shares by weight at first; from the third phase on half of the executions go
// to the arms in proportion to the new pairs per execution that each reached in the phase before;
// or, if hardly any were new, to those arms that are best where bugs are deep.
// Arms that start from recorded schedules (schedule_pool.hpp) have no share while there are none.
//
// Swarm: half of a portfolio's executions leave out some of the faults and interrupts that may
// come.
// Source: Groce, Zhang, Eide, Chen, Regehr, "Swarm testing", ISSTA 2012, section 2.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/explore/coverage.hpp"
#include "sim/explore/profile.hpp"
#include "sim/explore/schedule_pool.hpp"
#include "sim/explore/strategy.hpp"
#include "sim/explore/walk.hpp"

namespace heddle::sim {

class Sampler final : public Strategy, private Chooser {
 public:
  static constexpr std::size_t arms_max = 16;
  struct Arm {
    Walk* walk = nullptr;
    std::uint32_t weight = 1;
    bool mutates = false;  ///< chooses by what is recorded
    bool deep = false;     ///< takes over when nothing is new any more
  };

  /// @param arms   at least one; their walks live as long as the sampler, and where it does.
  /// @param swarm  leave faults and interrupts out at times.
  /// @param pool   for the arms that mutate; nullptr: there are none.
  Sampler(std::uint64_t seed, std::span<const Arm> arms, bool swarm, SchedulePool* pool = nullptr);

  Chooser& begin(std::uint64_t index) override;
  void end(Outcome outcome) override;
  bool has_next() const override { return true; }
  bool is_indexed() const override { return true; }

  void gather(const Strategy& other) override;
  std::string knowledge() const override;
  void know(std::string_view text) override;
  std::uint64_t coverage() const override { return coverage_.pairs(); }

  const Profile& profile() const { return profile_; }
  /// How many of 1,000 executions arm `arm` makes, at present.
  std::uint32_t share(std::size_t arm) const { return shares_[arm]; }

 private:
  using Shares = std::array<std::uint32_t, arms_max>;

  ContextId schedule(const SchedulePoint& point) override;
  std::uint32_t value(Reason reason, std::uint32_t arity) override;
  bool wants_forced() const override { return true; }
  void forced(const SchedulePoint& point) override;

  std::size_t draw_arm();
  Shares first_shares() const;
  Shares earned_shares() const;
  ContextSet without_left_out(const SchedulePoint& point);
  void took(const SchedulePoint& point, ContextId id) {
    const Operation& operation = point.operation(id);
    coverage_.step(id, operation);
    if (pool_ != nullptr) pool_->step(id);
    if (counts_) census_.step(id, operation, point.enabled);
  }

  std::uint64_t seed_;
  std::array<Arm, arms_max> arms_{};
  std::size_t arm_count_;
  bool swarm_;
  SchedulePool* pool_;
  Profile profile_;
  Shares shares_;

  // Of the phase that runs.
  Census census_;
  std::array<std::uint64_t, arms_max> made_{};  // executions, by arm
  std::uint64_t last_index_ = 0;                // the greatest that was begun

  // Of the running execution.
  Rng rng_;  // for arms and swarm; walks have their own
  Walk* walk_ = nullptr;
  bool tells_forced_ = false;
  bool counts_ = false;
  bool no_faults_ = false;
  bool leaves_out_ = false;
  ContextSet met_;
  ContextSet left_out_;  // interrupt sources that do not land by choice

  Coverage coverage_;
};

}  // namespace heddle::sim
