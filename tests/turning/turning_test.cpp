// Turning points of small programs against brute force: from the choice on, every execution has the
// finding; before it one has not. Where not all was tried, the result says so.
#include <string>
#include <vector>

#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/turning_point.hpp"
#include "scenarios/registry/variant.hpp"
#include "tests/support/classics.hpp"
#include "tests/support/every_schedule.hpp"
#include "traces/format.hpp"
#include "traces/replay.hpp"
#include "traces/report.hpp"

namespace heddle::tests {
namespace {

using scenarios::TurningPoint;
using scenarios::TurningRequest;
using traces::Trace;

/// The first choices of a trace, and then one way after another.
class PrefixThenEveryWay final : public sim::Chooser {
 public:
  PrefixThenEveryWay(sim::Chooser& prefix, std::size_t length, EveryWay& rest)
      : prefix_(prefix), left_(length), rest_(rest) {}
  sim::ContextId schedule(const sim::SchedulePoint& point) override {
    return next().schedule(point);
  }
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override {
    return next().value(reason, arity);
  }

 private:
  sim::Chooser& next() { return left_ != 0 ? (--left_, prefix_) : rest_; }

  sim::Chooser& prefix_;
  std::size_t left_;
  EveryWay& rest_;
};

struct Continuations {
  std::uint64_t all = 0;
  std::uint64_t passing = 0;    // come to their end without the finding
  std::uint64_t otherwise = 0;  // are stuck or crash, without the finding
};

/// Executes whatever can follow the first `length` choices.
Continuations continuations(scenarios::Rig& rig, const Trace& trace, std::size_t length) {
  constexpr std::uint64_t executions_max = 100'000;
  const auto variant = scenarios::variant_of(trace);
  rig.set_up(*variant, trace.machine);
  Continuations count;
  EveryWay every;
  do {
    traces::TraceChooser prefix(trace, rig.machine());
    PrefixThenEveryWay chooser(prefix, length, every);
    const sim::Outcome outcome = rig.run(chooser, {});
    bool finds = false;
    for (const sim::Finding& finding : rig.machine().findings())
      finds = finds || traces::fingerprint(finding) == trace.finding->fingerprint;
    ++count.all;
    if (!finds) ++(outcome == sim::Outcome::finished ? count.passing : count.otherwise);
    HEDDLE_CHECK(count.all <= executions_max, "a test's program is small");
  } while (every.advance());
  return count;
}

struct Case {
  Trace trace;
  TurningPoint point;
};

/// The turning point of each finding of a classic. The runner is gone afterwards: its machine and
/// the one of the brute force need the same addresses.
std::vector<Case> cases_of(const std::string& name, const TurningRequest& request) {
  scenarios::Runner runner;
  RunRequest run = classic(name);
  run.executions = 300;
  std::vector<Case> cases;
  for (const sim::Found& one : runner.run(run).campaign.findings)
    cases.push_back({*traces::from_text(one.report.trace, name),
                     runner.turning_point(one.report.trace, request)});
  EXPECT_FALSE(cases.empty()) << name;
  return cases;
}

class TurningPoints : public testing::TestWithParam<std::string> {};

TEST_P(TurningPoints, AreWhereBruteForceSaysSo) {
  TurningRequest request;
  request.each_max = 10'000;
  request.executions_max = 100'000;
  const std::vector<Case> cases = cases_of(GetParam(), request);
  scenarios::Rig rig;
  for (const auto& [trace, point] : cases) {
    EXPECT_TRUE(point.exhaustive) << point.executions;
    const bool is_found = point.kind == TurningPoint::Kind::found;
    ASSERT_TRUE(is_found || point.kind == TurningPoint::Kind::always) << point.text;
    const Continuations after = continuations(rig, trace, is_found ? point.choice + 1 : 0);
    EXPECT_EQ(after.passing, 0u) << "of " << after.all;
    EXPECT_EQ(after.otherwise != 0, point.otherwise) << "of " << after.all;
    const Continuations before = continuations(rig, trace, is_found ? point.choice : 0);
    EXPECT_EQ(before.passing != 0, is_found);
  }
}

TEST_P(TurningPoints, SayWhenNotAllWasTried) {
  TurningRequest request;
  request.each_max = 1;
  const std::vector<Case> cases = cases_of(GetParam(), request);
  scenarios::Rig rig;
  for (const auto& [trace, point] : cases) {
    const std::size_t length = point.kind == TurningPoint::Kind::found ? point.choice + 1 : 0;
    const bool is_wrong = continuations(rig, trace, length).passing != 0;
    EXPECT_FALSE(is_wrong && point.exhaustive) << "an execution goes without the finding after all";
  }
}

INSTANTIATE_TEST_SUITE_P(Classics, TurningPoints,
                         testing::Values("classics/deadlock01", "classics/lazy01",
                                         "classics/reorder_3", "classics/account"),
                         test_name);

}  // namespace
}  // namespace heddle::tests
