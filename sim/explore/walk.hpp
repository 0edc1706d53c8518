// A walk: one way of sampling schedules. It chooses within one execution, from random draws and
// from what is known of the program; between executions it remembers nothing.
#pragma once

#include <cstdint>

#include "sim/choice/choice.hpp"
#include "sim/core/rng.hpp"
#include "sim/explore/profile.hpp"

namespace heddle::sim {

/// Do the two operations depend on each other: one object, and one of them writes it?
inline bool conflict(const Operation& a, const Operation& b) {
  return a.object == b.object && (a.mode == Mode::write || b.mode == Mode::write);
}

/// Does the context offer to let others go first? A spin loop says so by cpu_relax.
inline bool yields(const Operation& operation) { return operation.kind == EventKind::yield; }

/// Values and faults are drawn uniformly; walks differ in who steps. They tell forced steps too.
class Walk : public Chooser {
 public:
  /// A new execution, drawn from `seed` alone. `profile` stays as it is until the execution ends.
  void begin(std::uint64_t seed, const Profile& profile) {
    rng_ = Rng(seed);
    profile_ = &profile;
    prepare();
  }
  std::uint32_t value(Reason, std::uint32_t arity) override { return rng_.below(arity); }

 protected:
  /// Called at the start of each execution; may draw.
  virtual void prepare() {}
  /// How many steps the execution is expected to have. While nothing is known this is drawn, from 8
  /// to 1,024, so that points drawn from it fall anywhere at times.
  std::uint32_t expected_steps() {
    return profile_->steps() != 0 ? profile_->steps() : 8u << rng_.below(8);
  }
  /// The same, without a draw: the longest while nothing is known.
  std::uint32_t usual_steps() const { return profile_->steps() != 0 ? profile_->steps() : 1'024; }
  /// Whoever spins may wait for one whose turn never comes. So a walk that is not fair in itself is
  /// the uniform one beyond twice the expected length of `length` decisions.
  void be_fair_beyond(std::uint32_t length) { unfair_decisions_ = 2 * length + 64; }
  /// Called at each decision of such a walk.
  bool is_overdue() {
    if (unfair_decisions_ == 0) return true;
    --unfair_decisions_;
    return false;
  }
  ContextId any_of(ContextSet set) { return set.nth(rng_.below(set.count())); }

  Rng rng_;
  const Profile* profile_ = nullptr;

 private:
  std::uint32_t unfair_decisions_ = 0;
};

}  // namespace heddle::sim
