// The recorder: what it keeps of an execution.
#include "traces/recorder.hpp"

#include <algorithm>
#include <atomic>

#include <gtest/gtest.h>

#include "tests/traces/record.hpp"

namespace heddle::tests {
namespace {

/// Tells others of a variable that is gone when the function returns.
[[gnu::noinline]] void publish_local(std::atomic<int*>& where) {
  int local = 0;
  where.store(&local);
  local = 7;
  asm volatile("" : : "r"(&local) : "memory");  // else nobody would need the store
}

TEST(Recorder, KnowsNoValueOfAVariableWhoseFunctionHasReturned) {
  sim::MachineConfig config;
  config.cpus = 2;
  const auto recorded = record("test/recorder", config, sim::FindingKind::data_race,
                               [](World& world) {
                                 auto& where = world.create<std::atomic<int*>>(nullptr);
                                 world.task("writer", Cpu{0}, [&where] { publish_local(where); });
                                 world.task("reader", Cpu{1}, [&where] {
                                   if (const int* const found = where.load()) {
                                     const int value = *found;
                                     asm volatile("" : : "r"(value));
                                   }
                                 });
                               },
                               {"writer", "reader"});
  ASSERT_TRUE(recorded);
  const auto& events = recorded->recording.events;
  const auto write = std::ranges::find_if(
      events, [](const auto& each) { return each.event.kind == sim::EventKind::write; });
  ASSERT_NE(write, events.end());
  EXPECT_EQ(write->value, "");
}

}  // namespace
}  // namespace heddle::tests
