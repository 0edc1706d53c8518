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

[[gnu::noinline]] void write_to(int& plain) { plain = 1; }

/// @returns the value that the trace tells of what publish_local wrote; `then` runs after it.
template <class Then>
std::optional<std::string> value_of_local(Then&& then) {
  sim::MachineConfig config;
  config.cpus = 2;
  const auto recorded = record("test/recorder", config, sim::FindingKind::data_race,
                               [&then](World& world) {
                                 auto& where = world.create<std::atomic<int*>>(nullptr);
                                 auto& plain = world.create<int>(0);
                                 world.task("writer", Cpu{0}, [&where, &plain, &then] {
                                   int& next = plain;  // what is captured is read here, not later
                                   publish_local(where);
                                   then(next);
                                 });
                                 world.task("reader", Cpu{1}, [&where] {
                                   if (const int* const found = where.load()) {
                                     const int value = *found;
                                     asm volatile("" : : "r"(value));
                                   }
                                 });
                               },
                               {"writer", "reader"});
  if (!recorded) return std::nullopt;
  const auto& events = recorded->recording.events;
  const auto write = std::ranges::find_if(
      events, [](const auto& each) { return each.event.kind == sim::EventKind::write; });
  if (write == events.end()) return std::nullopt;
  return write->value;
}

TEST(Recorder, KnowsNoValueOfAVariableWhoseFunctionHasReturned) {
  EXPECT_EQ(value_of_local([](int&) {}), "");
}
TEST(Recorder, KnowsNoValueOfAVariableWhenTheNextFunctionIsAsDeep) {
  EXPECT_EQ(value_of_local([](int& plain) { write_to(plain); }), "");
}

}  // namespace
}  // namespace heddle::tests
