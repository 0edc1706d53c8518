// Mutation: repeats the schedule of an earlier execution that reached something new, with a few
// changes, and goes on at random behind it. So a rare state that took luck to reach is where the
// next executions start.
//
// A run of a context ends where that context cannot go on; so any row of runs is a schedule, and a
// change near its start moves what comes behind instead of breaking it.
//
// Source: own; in the spirit of greybox fuzzing, as in Wolff, Shi, Duck, Mathur, Roychoudhury,
// "Greybox fuzzing for concurrency testing", ASPLOS 2024, section 4, who mutate sets of reads-from
// constraints instead. The edits are those with which schedules are made smaller (traces/minimise).
#pragma once

#include <array>
#include <cstdint>

#include "sim/explore/schedule_pool.hpp"
#include "sim/explore/walk.hpp"

namespace heddle::sim {

/// The uniform walk while nothing is recorded.
class MutatedWalk final : public Walk {
 public:
  explicit MutatedWalk(const SchedulePool& pool) : pool_(pool) {}

  ContextId schedule(const SchedulePoint& point) override;
  bool wants_forced() const override { return true; }
  void forced(const SchedulePoint& point) override;
  std::uint32_t value(Reason reason, std::uint32_t arity) override;

 private:
  static constexpr std::uint32_t edits_max = 4;

  void prepare() override;
  void edit();
  void cut();
  void swap();
  void move();
  void resize();
  void interrupt();
  void take_out(std::uint32_t at);
  void put_in(std::uint32_t at, Run run);

  const SchedulePool& pool_;
  std::array<Run, PooledSchedule::runs_max + 2 * edits_max> runs_{};
  std::uint32_t size_ = 0;
  std::uint32_t at_ = 0;    // the run that is repeated
  std::uint32_t done_ = 0;  // steps of it
  const PooledSchedule* repeated_ = nullptr;
  std::uint32_t next_value_ = 0;
};

}  // namespace heddle::sim
