// What others count of spin loops, and why it is not what tests/counts.csv has.
//
// A loop that spins has infinitely many traces. How many are counted is a matter of the rule by
// which a spinner rests, so two tools agree only if they have the same one. Here it rests until it
// would see something else. Under the rule of CHESS it rests until those have stepped that could
// have, all the time since it rested last, and did not.
#include <array>
#include <cstdint>
#include <memory_resource>

#include <gtest/gtest.h>

#include "bench/counted.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/explore/order.hpp"
#include "tests/explore/program.hpp"

namespace heddle::tests {
namespace {

using sim::ContextId;
using sim::ContextSet;

/// Source: Musuvathi and Qadeer, "Fair stateless model checking", PLDI 2008, algorithm 1, with its
/// names.
class FairChooser final : public sim::Chooser {
 public:
  explicit FairChooser(sim::Chooser& chooser) : chooser_(chooser) {
    ContextSet all;
    for (std::uint16_t id = 0; id < sim::contexts_max; ++id) all.add(ContextId{id});
    s_.fill(all);
  }

  sim::Footprint* watched_footprint() override { return &footprint_; }
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override {
    return chooser_.value(reason, arity);
  }
  ContextId schedule(const sim::SchedulePoint& point) override {
    if (last_ != sim::no_context) take_note(point.enabled);
    sim::SchedulePoint open = point;
    for (ContextSet rest = point.enabled; !rest.empty(); rest.remove(rest.first()))
      if (!(p_[rest.first().value] & point.enabled).empty()) open.enabled.remove(rest.first());
    last_ = open.enabled.count() == 1 ? open.enabled.first() : chooser_.schedule(open);
    enabled_ = point.enabled;
    footprint_.begin_step(last_, point.operation(last_));
    return last_;
  }

 private:
  /// The last step is over.
  void take_note(ContextSet now) {
    const std::size_t t = last_.value;
    for (std::size_t u = 0; u < sim::contexts_max; ++u) {
      p_[u].remove(last_);
      e_[u] = e_[u] & now;
      s_[u].add(last_);
    }
    d_[t] = d_[t] | (enabled_ - now);
    if (!footprint_.relaxed.contains(last_)) return;
    p_[t] = p_[t] | ((e_[t] | d_[t]) - s_[t]);
    e_[t] = now;
    d_[t] = s_[t] = {};
  }

  using Sets = std::array<ContextSet, sim::contexts_max>;
  sim::Chooser& chooser_;
  sim::Footprint footprint_;
  Sets p_, e_, d_, s_;
  ContextId last_ = sim::no_context;
  ContextSet enabled_;
};

/// All steps of the program concern one object, so no two executions are equivalent.
std::uint64_t fair_executions(int n, int k) {
  bench::CountedExecution execution(machine(), *bench::counted_program("spin"), n, k);
  const sim::StayOrder order;
  sim::DepthFirstSearch search(*std::pmr::new_delete_resource(), order,
                               {sim::no_preemption_bound, 1'000});
  std::uint64_t executions = 0;
  for (; search.has_next(); ++executions) {
    FairChooser chooser(search.begin(executions));
    const sim::Outcome outcome = execution.run(chooser, {});
    EXPECT_EQ(outcome, sim::Outcome::finished);
    search.end(outcome);
  }
  EXPECT_FALSE(search.diverged());
  return executions;
}

TEST(Spin, HasUnderTheRuleOfChessAsManyTracesAsOthersCount) {
  EXPECT_EQ(fair_executions(2, 1), 6u);
  EXPECT_EQ(fair_executions(2, 2), 126u);
}

// CDSChecker makes 274 executions that are not redundant. That is no number of traces under any
// rule that treats tasks alike: with three of them, each trace has six names.
TEST(Spin, HasTracesInSixesWithThreeTasks) { EXPECT_EQ(fair_executions(3, 1), 6u * 48); }

}  // namespace
}  // namespace heddle::tests
