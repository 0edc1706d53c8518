// Two executions beside each other, against committed pages in tests/golden/side_by_side.
#include "traces/side_by_side.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/once.hpp"
#include "tests/traces/bodies.hpp"
#include "tests/traces/golden.hpp"
#include "tests/traces/record.hpp"

namespace heddle::tests {
namespace {

using sim::FindingKind;
using traces::Side;

const std::vector<std::string> one_after_the_other = {"adder.1", "adder.1", "adder.2", "adder.2"};

template <class Body>
Side side(const sim::MachineConfig& config, Body&& body, const std::vector<std::string>& script,
          FindingKind kind) {
  const auto recorded = record("test", config, kind, body, script);
  EXPECT_TRUE(recorded);
  return recorded ? side_of(recorded->trace, recorded->recording) : Side{};
}

Side lost() {
  return side(racing_counter(2), lost_update, both_read_first, FindingKind::invariant);
}
/// It has the race, as every execution.
Side kept() {
  return side(racing_counter(2), lost_update, one_after_the_other, FindingKind::data_race);
}

void expect_page(const std::string& name, const Side& left, const Side& right,
                 traces::SideBySideOptions options) {
  const std::string page = side_by_side(left, right, options);
  expect_fits(page, options.columns);
  expect_golden("side_by_side/" + name + ".txt", page);
}

TEST(SideBySide, StandLevelWhereTheyPart) {
  expect_page("lost_update", lost(), kept(),
              {.left = "lost.trace", .right = "nearest passing", .turn = 2});
}

TEST(SideBySide, HaveATwinOfAsciiOnly) {
  const Side a = lost();
  const Side b = kept();
  const std::string page =
      side_by_side(a, b, {.left = "a", .right = "b", .turn = 2, .ascii = true});
  expect_ascii(page);
  expect_golden("side_by_side/ascii.txt", page);
}

/// The counter is looked at early, or late.
void looks_at_counter(World& world) {
  auto& counter = world.variable<Counter>("counter");
  world.task("counts", Cpu{0}, [&counter] {
    for (int i = 0; i < 30; ++i) sim::kernel::WRITE_ONCE(counter.value, i);
  });
  world.task("looks", Cpu{1}, [&counter, &world] {
    world.expect(sim::kernel::READ_ONCE(counter.value) > 40, "more than forty");
  });
}
std::vector<std::string> looks_after(std::size_t steps) {
  std::vector<std::string> script(steps, "counts");
  script.emplace_back("looks");
  return script;
}
TEST(SideBySide, FoldWhatBothHaveAndWhatIsLong) {
  const auto looks = [](std::size_t steps) {
    return side(racing_counter(2), looks_at_counter, looks_after(steps), FindingKind::invariant);
  };
  expect_page("folded", looks(12), looks(25), {.left = "early.trace", .right = "late.trace"});
}

TEST(SideBySide, OfEqualsShowTheEnd) {
  const Side a = lost();
  const std::string page = side_by_side(a, a, {.left = "a", .right = "a"});
  EXPECT_EQ(page.find("part"), page.npos) << page;
  EXPECT_NE(page.find("rows that both have"), page.npos) << page;
}

TEST(SideBySide, FitANarrowPage) {
  const std::string page = side_by_side(lost(), kept(), {.left = "a", .right = "b", .columns = 80});
  expect_fits(page, 80);
}

TEST(SideBySide, ASideIsTheSameInAnotherProcess) {
  const Side here = lost();
  const std::string bytes = to_bytes(here);
  const auto there = traces::side_from(bytes);
  ASSERT_TRUE(there);
  EXPECT_EQ(to_bytes(*there), bytes);
  EXPECT_EQ(there->rows.size(), here.rows.size());
  EXPECT_EQ(side_by_side(*there, *there, {}), side_by_side(here, here, {}));
  for (std::size_t cut = 0; cut < bytes.size(); cut += 7)
    EXPECT_FALSE(traces::side_from(std::string_view(bytes).substr(0, cut))) << cut;
}

}  // namespace
}  // namespace heddle::tests
