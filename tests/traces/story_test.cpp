// What connects the rows of a story: stores and reads, holders and waiters, and what is left out
// where room is short.
#include "traces/story.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "sim/kernel/once.hpp"
#include "tests/traces/bodies.hpp"
#include "tests/traces/record.hpp"

namespace heddle::tests {
namespace {

using sim::FindingKind;
using traces::CpuLook;
using traces::Story;

template <class Body>
Story story(const sim::MachineConfig& config, FindingKind kind, Body&& body,
            const std::vector<std::string>& script, const traces::StoryOptions& options = {}) {
  const auto recorded = record("test/story", config, kind, body, script);
  EXPECT_TRUE(recorded);
  return recorded ? traces::story_of(recorded->trace, recorded->recording, options) : Story{};
}

const std::string& name(const Story& story, sim::ContextId id) {
  return story.contexts[id.value].name;
}

/// The row of a context with this text, the first of several; the number of rows if there is none.
std::size_t find(const Story& story, std::string_view context, std::string_view text) {
  const auto found = std::find_if(story.rows.begin(), story.rows.end(), [&](const auto& row) {
    return name(story, row.context) == context && row.text == text;
  });
  return static_cast<std::size_t>(found - story.rows.begin());
}

TEST(Story, AReadIsFromTheLastStore) {
  const Story told = story(racing_counter(2), FindingKind::data_race, lost_update, {"adder.1"});
  const std::size_t store = find(told, "adder.1", "write counter");
  const std::size_t read = find(told, "adder.2", "read counter");
  ASSERT_LT(store, read);
  ASSERT_LT(read, told.rows.size());
  EXPECT_EQ(told.rows[read].reads_from, store);
  EXPECT_EQ(told.rows[find(told, "adder.1", "read counter")].reads_from, std::nullopt);
}

TEST(Story, AVariableHasItsValuesInOrder) {
  const Story told = story(racing_counter(2), FindingKind::data_race, lost_update, {"adder.1"});
  ASSERT_EQ(told.variables.size(), 1u);
  EXPECT_EQ(told.variables[0].name, "counter");
  EXPECT_EQ(told.variables[0].initial, "0");
  ASSERT_EQ(told.variables[0].stores.size(), 2u);
  EXPECT_EQ(told.variables[0].stores[0].second, "1");
  EXPECT_EQ(told.variables[0].stores[1].second, "2");
  EXPECT_EQ(told.variables[0].stores[1].first, find(told, "adder.2", "write counter"));
}

TEST(Story, ADeadlockEndsWithBothLocksHeldAndWaitedFor) {
  const Story told = story(with_cpus(2), FindingKind::deadlock, crossed_locks, {"up", "down"});
  ASSERT_EQ(told.locks.size(), 2u);
  for (const traces::StoryLock& lock : told.locks) {
    ASSERT_EQ(lock.spans.size(), 2u) << lock.name;
    const std::string holder = lock.name == "first" ? "up" : "down";
    EXPECT_EQ(lock.spans[0].look, CpuLook::runs);
    EXPECT_EQ(name(told, lock.spans[0].context), holder);
    EXPECT_EQ(lock.spans[1].look, CpuLook::spins);
    EXPECT_NE(name(told, lock.spans[1].context), holder);
    EXPECT_EQ(lock.spans[0].to, told.rows.size() - 1);
    EXPECT_EQ(lock.spans[1].to, told.rows.size() - 1);
  }
}

TEST(Story, ALockThatIsHandedOverSaysByWhom) {
  const Story told =
      story(with_cpus(2), FindingKind::lock_order, crossed_locks, {"up", "up", "up", "up", "down"});
  const std::size_t taken = find(told, "down", "lock second");
  ASSERT_LT(taken, told.rows.size());
  EXPECT_EQ(told.rows[taken].handed_by, find(told, "up", "unlock second"));
}

TEST(Story, AHandlerIsOnItsCpuFromItsEntryToItsExit) {
  const Story told = story(with_cpus(1), FindingKind::data_race, unmasked_update, {"task", "irq5"});
  ASSERT_EQ(told.lanes.size(), 1u);
  std::size_t handlers = 0;
  for (const traces::StorySpan& span : told.lanes[0].spans) {
    if (span.look != CpuLook::handles) continue;
    ++handlers;
    EXPECT_EQ(told.rows[span.from].mark, traces::StoryRow::Mark::enters);
    EXPECT_EQ(told.rows[span.to].mark, traces::StoryRow::Mark::leaves);
    EXPECT_EQ(name(told, span.context), "irq5");
  }
  EXPECT_EQ(handlers, 1u);
}

/// One stores often; in the middle the other finds something wrong.
void longer_stretch(World& world) {
  auto& counter = world.variable<Counter>("counter");
  world.task("counts", Cpu{0}, [&counter] {
    for (int i = 0; i < 60; ++i) sim::kernel::WRITE_ONCE(counter.value, i);
  });
  world.task("looks", Cpu{1}, [&counter, &world] {
    world.expect(sim::kernel::READ_ONCE(counter.value) < 20, "less than twenty");
  });
}

TEST(Story, WhereRoomIsShortWhatIsFarFromTheFindingIsLeftOut) {
  std::vector<std::string> script(40, "counts");
  script.push_back("looks");
  const auto tell = [&](std::size_t rows_max) {
    return story(racing_counter(2), FindingKind::invariant, longer_stretch, script,
                 {.rows_max = rows_max});
  };
  const Story whole = tell(1000);
  const Story part = tell(12);
  EXPECT_EQ(whole.rows_left_out, 0u);
  EXPECT_LE(part.rows.size(), 13u);
  EXPECT_EQ(part.rows_left_out, whole.rows.size() - part.rows.size());
  const std::size_t wrong = find(part, "looks", "expects: less than twenty");
  ASSERT_LT(wrong, part.rows.size());
  EXPECT_EQ(part.rows[wrong].number, 1u);
  // What the look is from stands shortly before it, and still is where it leads to.
  const std::size_t load = find(part, "looks", "load counter");
  ASSERT_TRUE(part.rows[load].reads_from.has_value());
  EXPECT_EQ(part.rows[*part.rows[load].reads_from].value, ":= 39");
  std::size_t gaps = 0;
  for (const traces::StoryEntry& row : part.rows) gaps += row.gap;
  EXPECT_GT(gaps, 0u);
  EXPECT_LE(gaps, part.rows_left_out);
}

}  // namespace
}  // namespace heddle::tests
