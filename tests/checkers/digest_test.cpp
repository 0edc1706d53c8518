// The fingerprint of an execution: equal for equal choices, different for different ones.
#include "checkers/digest.hpp"

#include <atomic>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "sim/choice/replay.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"
#include "tests/support/explore.hpp"

namespace heddle::checkers {
namespace {

using namespace sim::kernel;
using sim::Cpu;
using sim::World;

void workload(World& world) {
  auto& lock = world.create<spinlock_t>(SPIN_LOCK_UNLOCKED("lock"));
  auto& last = world.create<std::atomic<void*>>(nullptr);
  for (std::uint16_t i = 0; i < 3; ++i)
    world.task("task", Cpu{static_cast<std::uint16_t>(i % 2)}, [&lock, &last] {
      void* block = kmalloc(24, GFP_KERNEL);
      spin_lock(&lock);
      last.store(block);
      spin_unlock(&lock);
      kfree(block);
    });
}

class DigestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    tests::machine().configure(tests::with_cpus(2));
    tests::machine().detach_all();
    tests::machine().attach(digest_);
  }
  void TearDown() override { tests::machine().detach_all(); }

  std::uint64_t of_seed(std::uint64_t seed) {
    sim::RandomChooser chooser(seed);
    tests::run_once(workload, chooser);
    return digest_.value();
  }

  Digest digest_;
};

TEST_F(DigestTest, IsEqualForEqualSeeds) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::uint64_t first = of_seed(seed);
    of_seed(seed + 1000);
    EXPECT_EQ(of_seed(seed), first);
  }
}

TEST_F(DigestTest, DiffersFromScheduleToSchedule) {
  std::set<std::uint64_t> digests;
  for (std::uint64_t seed = 0; seed < 200; ++seed) digests.insert(of_seed(seed));
  EXPECT_GT(digests.size(), 20u);
}

TEST_F(DigestTest, IsRepeatedByTheChoices) {
  std::vector<sim::Choice> entries(1000);
  volatile std::uint64_t size = 0;
  sim::RandomChooser random(7);
  tests::machine().run(tests::callable(workload), random, {entries.data(), entries.size(), &size});
  const std::uint64_t first = digest_.value();
  entries.resize(size);
  sim::ReplayChooser replay(entries);
  tests::run_once(workload, replay);
  EXPECT_EQ(digest_.value(), first);
  EXPECT_EQ(replay.position(), entries.size());
}

TEST_F(DigestTest, LeavesOutAddressesOutsideOfSimulatedMemory) {
  static char here;
  std::vector<std::uint64_t> digests;
  for (void* value : {static_cast<void*>(&here), static_cast<void*>(this),
                      reinterpret_cast<void*>(std::uintptr_t{8})}) {
    sim::RandomChooser chooser(1);
    tests::run_once(
        [value](World& world) {
          auto& pointer = world.create<std::atomic<void*>>(nullptr);
          world.task("task", Cpu{0}, [&pointer, value] { pointer.store(value); });
        },
        chooser);
    digests.push_back(digest_.value());
  }
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_NE(digests[0], digests[2]);
}

}  // namespace
}  // namespace heddle::checkers
