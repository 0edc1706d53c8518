// The differential oracle: equal choices for both, and a finding where they disagree.
#include "checkers/differential.hpp"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using tests::Exploration;
using tests::with_cpus;

constexpr std::array<Agreement<std::uint32_t>, 2> agreements = {{
    {"both say whether it is even", [](const auto& a, const auto& b) { return a % 2 == b % 2; }},
    {"both say the same", [](const auto& a, const auto& b) { return a == b; }},
}};

/// Compares the chosen number with what `subject` makes of it.
Exploration explore_subject(std::uint32_t (*subject)(std::uint32_t number),
                            std::set<std::uint32_t>& seen) {
  return tests::explore(with_cpus(1), {}, 50, [subject, &seen](sim::World& world) {
    world.task("task", sim::Cpu{0}, [&world, subject, &seen] {
      compare<std::uint32_t>(
          world, [](Tape& tape) { return tape.choose(4) * 10 + tape.choose(2); },
          [subject, &seen](Tape& tape) {
            const std::uint32_t number = tape.choose(4) * 10 + tape.choose(2);
            seen.insert(number);
            return subject(number);
          },
          agreements);
    });
  });
}

TEST(Differential, BothGetTheSameAnswers) {
  std::set<std::uint32_t> seen;
  EXPECT_TRUE(explore_subject([](std::uint32_t number) { return number; }, seen).clean());
  EXPECT_EQ(seen.size(), 8u);
}

TEST(Differential, TellsWhatTheyDisagreeOn) {
  std::set<std::uint32_t> seen;
  const Exploration explored =
      explore_subject([](std::uint32_t number) { return number == 30 ? 32 : number; }, seen);
  ASSERT_TRUE(explored.found(sim::FindingKind::invariant));
  for (const sim::Finding& finding : explored.findings)
    EXPECT_STREQ(finding.detail, "both say the same");
}

}  // namespace
}  // namespace heddle::checkers
