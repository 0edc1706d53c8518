// Minimising: never a larger schedule, the same finding, and nothing left for a second time. On an
// execution that is a toy, so that the least schedule is known.
#include "traces/minimise.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace heddle::tests {
namespace {

using sim::ContextId;
using traces::Cost;
using traces::Minimised;
using traces::Schedule;
using traces::Tried;

traces::GoOn at_most(std::uint64_t attempts_max) {
  return [attempts_max](const Minimised& so_far) { return so_far.attempts < attempts_max; };
}

/// Contexts that take a few steps each. The finding: each `before` pair is executed in this order,
/// (context, step) ahead of (context, step).
struct Toy {
  struct At {
    std::uint16_t context;
    int step;
  };
  struct Before {
    At first;
    At second;
  };
  std::vector<int> steps;  // by context
  std::vector<Before> finding;

  Tried execute(const Schedule& schedule) const {
    Tried tried;
    std::vector<int> done(steps.size());
    std::vector<std::vector<std::uint64_t>> when(steps.size());
    std::size_t next = 0;
    int last = -1;
    for (;;) {
      const auto enabled = [&](std::size_t c) { return c < steps.size() && done[c] < steps[c]; };
      int open = 0;
      for (std::size_t c = 0; c < steps.size(); ++c) open += enabled(c) ? 1 : 0;
      if (open == 0) break;
      int chosen = -1;
      while (open > 1 && chosen < 0 && next < schedule.order.size()) {
        const std::uint16_t wanted = schedule.order[next++].value;
        if (enabled(wanted)) chosen = wanted;
      }
      if (chosen < 0 && last >= 0 && enabled(static_cast<std::size_t>(last))) chosen = last;
      for (std::size_t c = 0; chosen < 0; ++c)
        if (enabled(c)) chosen = static_cast<int>(c);
      if (open > 1) {
        tried.made.order.push_back(ContextId{static_cast<std::uint16_t>(chosen)});
        traces::Open& ways = tried.open.emplace_back();
        ways.held = last >= 0 && enabled(static_cast<std::size_t>(last));
        for (std::uint16_t c = 0; c < steps.size(); ++c)
          if (enabled(c)) ways.enabled.add(ContextId{c});
      }
      if (last >= 0 && chosen != last) {
        ++tried.cost.switches;
        if (enabled(static_cast<std::size_t>(last))) ++tried.cost.preemptions;
      }
      last = chosen;
      ++done[static_cast<std::size_t>(chosen)];
      when[static_cast<std::size_t>(chosen)].push_back(++tried.cost.steps);
    }
    tried.made.values = schedule.values;
    for (const Schedule::Value& value : schedule.values) tried.cost.values += value.chosen;
    tried.same = std::all_of(finding.begin(), finding.end(), [&](const Before& pair) {
      return when[pair.first.context][static_cast<std::size_t>(pair.first.step)] <
             when[pair.second.context][static_cast<std::size_t>(pair.second.step)];
    });
    return tried;
  }
  Minimised minimise(const Tried& start, std::uint64_t attempts_max = 100'000) const {
    return traces::minimise(
        start, [this](const Schedule& schedule) { return execute(schedule); },
        at_most(attempts_max));
  }
};

/// Any toy with any schedule of it; the finding is what that schedule happens to do in some pairs.
struct Case {
  Toy toy;
  Tried start;
};

Case any_case() {
  Case any;
  const auto contexts = *rc::gen::inRange<std::uint16_t>(2, 5);
  for (int i = 0; i < contexts; ++i) any.toy.steps.push_back(*rc::gen::inRange(1, 8));
  Schedule schedule;
  const int length = *rc::gen::inRange(0, 40);
  for (int i = 0; i < length; ++i)
    schedule.order.push_back(ContextId{*rc::gen::inRange<std::uint16_t>(0, contexts)});
  std::vector<Toy::Before> finding;
  const int pairs = *rc::gen::inRange(0, 4);
  for (int i = 0; i < pairs; ++i) {
    const auto at = [&] {
      const auto context = *rc::gen::inRange<std::uint16_t>(0, contexts);
      return Toy::At{context, *rc::gen::inRange(0, any.toy.steps[context])};
    };
    Toy::Before pair{at(), at()};
    const auto holds = [&] { return Toy{any.toy.steps, {pair}}.execute(schedule).same; };
    if (!holds()) std::swap(pair.first, pair.second);
    if (holds()) finding.push_back(pair);
  }
  any.toy.finding = finding;
  any.start = any.toy.execute(schedule);
  return any;
}

RC_GTEST_PROP(Minimise, NeverGrowsAndKeepsTheFinding, ()) {
  const Case any = any_case();
  const Minimised smaller = any.toy.minimise(any.start);
  RC_ASSERT(smaller.complete);
  RC_ASSERT(smaller.best.same);
  RC_ASSERT(smaller.best.cost <= any.start.cost);
  // What was noted is what is executed again.
  const Tried again = any.toy.execute(smaller.best.made);
  RC_ASSERT(again.same);
  RC_ASSERT(again.made == smaller.best.made);
  RC_ASSERT(again.cost == smaller.best.cost);
}

RC_GTEST_PROP(Minimise, DoesNothingTheSecondTime, ()) {
  const Case any = any_case();
  const Minimised once = any.toy.minimise(any.start);
  const Minimised twice = any.toy.minimise(once.best);
  RC_ASSERT(twice.best.made == once.best.made);
}

RC_GTEST_PROP(Minimise, KeepsToItsAttempts, ()) {
  const Case any = any_case();
  const auto most = *rc::gen::inRange<std::uint64_t>(0, 30);
  const Minimised smaller = any.toy.minimise(any.start, most);
  RC_ASSERT(smaller.attempts <= most);
  RC_ASSERT(smaller.best.same);
  RC_ASSERT(smaller.best.cost <= any.start.cost);
}

Schedule order(std::initializer_list<std::uint16_t> contexts) {
  Schedule schedule;
  for (const std::uint16_t context : contexts) schedule.order.push_back(ContextId{context});
  return schedule;
}

TEST(Minimise, AFindingOfEveryScheduleNeedsNoPreemption) {
  const Toy toy{{5, 5, 5}, {}};
  const Tried start = toy.execute(order({0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1}));
  ASSERT_GT(start.cost.preemptions, 5U);
  const Minimised smaller = toy.minimise(start);
  EXPECT_EQ(smaller.best.cost.preemptions, 0U);
  EXPECT_EQ(smaller.best.cost.switches, 2U);
}

/// The second context gets between two steps of the first one: a preemption there and none back.
TEST(Minimise, ALostUpdateNeedsOnePreemption) {
  const Toy toy{{6, 6}, {{{0, 2}, {1, 3}}, {{1, 3}, {0, 3}}}};
  const Tried start = toy.execute(order({1, 0, 0, 1, 0, 1, 1, 0, 1, 0}));
  ASSERT_TRUE(start.same);
  const Minimised smaller = toy.minimise(start);
  EXPECT_EQ(smaller.best.cost.preemptions, 1U);
  EXPECT_EQ(smaller.best.cost.switches, 2U);
}

TEST(Minimise, LowersValues) {
  const Toy toy{{1}, {}};
  Schedule schedule;
  schedule.values = {{ContextId{0}, sim::Reason::value, 1000},
                     {ContextId{0}, sim::Reason::value, 3}};
  Tried start = toy.execute(schedule);
  const auto attempt = [&](const Schedule& candidate) {
    Tried tried = toy.execute(candidate);
    tried.same = candidate.values.size() == 2 && candidate.values[0].chosen >= 700;
    return tried;
  };
  const Minimised smaller = traces::minimise(start, attempt, at_most(1'000));
  EXPECT_EQ(smaller.best.made.values[0].chosen, 700U);
  EXPECT_EQ(smaller.best.made.values[1].chosen, 0U);
}

}  // namespace
}  // namespace heddle::tests
