// Each checker finds its smallest wrong programs, all of them together find nothing in the
// corrected ones, and without the checker its mistake goes unseen: so a missing checker fails a
// test.
#include "checkers/set.hpp"

#include <ostream>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/checkers/programs.hpp"
#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using tests::Program;

constexpr std::uint64_t executions = 50;

tests::Exploration explore_with(CheckerSet& checkers, const Program& program,
                                void (*body)(sim::World&)) {
  sim::Machine& machine = tests::machine();
  sim::MachineConfig config = tests::with_cpus(program.cpus);
  config.limits.steps_max = 3 * DeadlockChecker::rounds_max;  // enough to see a livelock
  machine.configure(config);
  machine.detach_all();
  checkers.attach_to(machine);
  return tests::explore_attached(executions, body);
}

class Programs : public ::testing::TestWithParam<Program> {};

TEST_P(Programs, AreFoundWrong) {
  CheckerSet checkers;
  const auto result = explore_with(checkers, GetParam(), GetParam().wrong);
  EXPECT_TRUE(result.found(GetParam().kind));
}

TEST_P(Programs, AreCleanWhenCorrected) {
  CheckerSet checkers;
  const auto result = explore_with(checkers, GetParam(), GetParam().right);
  EXPECT_TRUE(result.clean()) << sim::word(result.findings.front().kind) << ": "
                              << result.findings.front().detail;
}

TEST_P(Programs, AreNotFoundWrongWithoutTheirChecker) {
  CheckerSet checkers;
  checkers.without(GetParam().checker);
  const auto result = explore_with(checkers, GetParam(), GetParam().wrong);
  EXPECT_FALSE(result.found(GetParam().kind));
}

std::string name_of(const ::testing::TestParamInfo<Program>& program) { return program.param.name; }
INSTANTIATE_TEST_SUITE_P(All, Programs,
                         ::testing::ValuesIn(tests::programs().begin(), tests::programs().end()),
                         name_of);

TEST(CheckerSet, HasAProgramForEachChecker) {
  std::set<std::string_view> covered;
  for (const Program& program : tests::programs()) covered.insert(program.checker);
  EXPECT_EQ(covered,
            std::set<std::string_view>(CheckerSet::names.begin(), CheckerSet::names.end()));
}

}  // namespace
}  // namespace heddle::checkers
