// How scenarios may be declared.
#include <string>

#include <gtest/gtest.h>

#include "scenarios/registry/scenario.hpp"

namespace heddle::tests {
namespace {

using scenarios::ScenarioBuilder;

void nothing_to_do(sim::World&, scenarios::DefectBits) {}

/// Each in a process of its own, as scenarios are sorted once.
class DeclarationDeathTest : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

void declare(const char* name, int line, std::uint16_t cpus = 1) {
  ScenarioBuilder(name, &nothing_to_do, "mine.cpp", line).cpus(cpus);
}

TEST_F(DeclarationDeathTest, ANameStandsForOneScenario) {
  EXPECT_EXIT(
      {
        declare("mine/twice", 1);
        declare("mine/twice", 2);
        scenarios::all_scenarios();
      },
      testing::ExitedWithCode(2),
      "^heddle: mine.cpp:2: the scenario 'mine/twice' stands at mine.cpp:1 already");
}

TEST_F(DeclarationDeathTest, ANameIsAPath) {
  for (const char* name : {"", "mine/", "/mine", "mine//a", "../mine", "a b", "mine/*", "mine/\n"})
    EXPECT_EXIT(
        {
          declare(name, 1);
          scenarios::all_scenarios();
        },
        testing::ExitedWithCode(2), "^heddle: mine.cpp:1: the scenario .* needs another name")
        << name;
}

TEST_F(DeclarationDeathTest, AMachineHasCpus) {
  for (const std::uint16_t cpus : {0, 129})
    EXPECT_EXIT(
        {
          declare("mine/cpus", 1, cpus);
          scenarios::all_scenarios();
        },
        testing::ExitedWithCode(2), "has (0|129) CPUs; cpus\\(\\) takes 1 to 128");
}

}  // namespace
}  // namespace heddle::tests
