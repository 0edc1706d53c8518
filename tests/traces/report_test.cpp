// Fingerprints and messages: one bug has one fingerprint, two bugs have two.
#include "traces/report.hpp"

#include <set>

#include <gtest/gtest.h>

#include "tests/traces/bodies.hpp"
#include "tests/traces/record.hpp"

namespace heddle::tests {
namespace {

using sim::FindingKind;

/// The fingerprints of all findings of a kind in many schedules.
template <class Body>
std::set<std::string> fingerprints(const sim::MachineConfig& config, FindingKind kind,
                                   Body&& body) {
  std::set<std::string> all;
  checkers::CheckerSet checkers;
  machine().configure(config);
  machine().detach_all();
  checkers.attach_to(machine());
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    sim::RandomChooser random(seed);
    run_once([&](World& world) { body(world); }, random);
    for (const sim::Finding& finding : machine().findings())
      if (finding.kind == kind) all.insert(traces::fingerprint(finding));
  }
  machine().detach_all();
  return all;
}

TEST(Fingerprint, IsOneForARaceInAllSchedules) {
  EXPECT_EQ(fingerprints(racing_counter(2), FindingKind::data_race, lost_update).size(), 1u);
}
TEST(Fingerprint, IsOneForADeadlockInAllSchedules) {
  EXPECT_EQ(fingerprints(with_cpus(2), FindingKind::deadlock, crossed_locks).size(), 1u);
}
TEST(Fingerprint, IsOneForALockOrderInAllSchedules) {
  EXPECT_EQ(fingerprints(with_cpus(2), FindingKind::lock_order, crossed_locks).size(), 1u);
}
TEST(Fingerprint, IsAnotherForAnotherBug) {
  std::set<std::string> all;
  all.merge(fingerprints(racing_counter(2), FindingKind::data_race, lost_update));
  all.merge(fingerprints(racing_counter(2), FindingKind::invariant, lost_update));
  all.merge(fingerprints(racing_node(), FindingKind::data_race, early_free));
  all.merge(fingerprints(racing_node(), FindingKind::use_after_free, early_free));
  EXPECT_EQ(all.size(), 4u);
}

/// The same for every compiler and optimisation level, or corpora would lose their names.
TEST(Fingerprint, IsWhatItWasWhenThisWasWritten) {
  EXPECT_EQ(*fingerprints(racing_counter(2), FindingKind::data_race, lost_update).begin(),
            "55bc4671ddf32476");
  EXPECT_EQ(*fingerprints(with_cpus(2), FindingKind::deadlock, crossed_locks).begin(),
            "7fbbf2e8c0938d91");
}

TEST(Message, NamesWhoWhatAndWhere) {
  const auto race = record("test", racing_counter(2), FindingKind::data_race, lost_update,
                           {"adder.1", "adder.1", "adder.2"});
  ASSERT_TRUE(race);
  EXPECT_EQ(race->trace.finding->message,
            "adder.1 writes counter in Counter::add and adder.2 reads counter in Counter::add: "
            "nothing orders the two accesses");
  const auto use =
      record("test", racing_node(), FindingKind::use_after_free, early_free, {"dropper"});
  ASSERT_TRUE(use);
  EXPECT_EQ(use->trace.finding->message,
            "filler writes kmalloc#1+8 in fill; dropper frees kmalloc#1 in drop; boot allocates "
            "kmalloc#1 in early_free: the block was freed; bytes from its start: 8");
  const auto deadlock =
      record("test", with_cpus(2), FindingKind::deadlock, crossed_locks, {"up", "down"});
  ASSERT_TRUE(deadlock);
  EXPECT_EQ(deadlock->trace.finding->message,
            "up waits for second in take_both, down waits for first in take_both: each waits for "
            "the next one; contexts: 2");
}

}  // namespace
}  // namespace heddle::tests
