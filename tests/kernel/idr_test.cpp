// Numbers for pointers: which one is given, and the two calls that it takes.
#include "sim/kernel/idr.hpp"

#include <gtest/gtest.h>

#include "tests/kernel/check.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::check;
using tests::check_task;
using tests::with_cpus;

int objects[64];

int take(idr& index, int least) {
  int id = -1;
  if (idr_pre_get(&index, GFP_KERNEL) == 0) return -ENOMEM;
  const int error = idr_get_new_above(&index, &objects[least % 64], least, &id);
  return error != 0 ? error : id;
}

TEST(Idr, GivesTheLeastFreeNumberFromALeastOneOn) {
  EXPECT_TRUE(check(with_cpus(1), [](World& world) {
                world.task("task", Cpu{0}, [&world] {
                  idr index{};
                  for (const int wanted : {0, 1, 2})
                    world.expect(take(index, 0) == wanted, "numbers are given in order");
                  world.expect(take(index, 1'000'000) == 1'000'000, "a far number is given");
                  world.expect(take(index, 1) == 3, "a taken number is passed over");
                  idr_remove(&index, 1);
                  world.expect(idr_find(&index, 1) == nullptr, "a removed number is free");
                  world.expect(take(index, 0) == 1, "a removed number is given again");
                  for (int i = 4; i < 20; ++i)
                    world.expect(take(index, 0) == i, "numbers go on behind a full layer");
                  int seen = -1;
                  const int result = idr_for_each(&index, [&seen](int id, void*) {
                    if (id <= seen) return -1;
                    seen = id;
                    return id == 1'000'000 ? 7 : 0;
                  });
                  world.expect(result == 7 && seen == 1'000'000, "a walk goes by number");
                  idr_remove_all(&index);
                  idr_destroy(&index);
                });
              }).clean());
}

TEST(Idr, NeedsMemoryThatIsPutAsideOnlyForANewLayer) {
  EXPECT_TRUE(check(with_cpus(1), [](World& world) {
                world.task("task", Cpu{0}, [&world] {
                  idr index{};
                  int id = 0;
                  world.expect(idr_get_new(&index, &index, &id) == -EAGAIN, "nothing is put aside");
                  world.expect(take(index, 0) == 0, "the first number is given");
                  world.expect(idr_get_new(&index, &index, &id) == 0, "the layer has room");
                  idr_remove(&index, 0);
                  idr_remove(&index, 1);
                  idr_destroy(&index);
                });
              }).clean());
}

TEST(Idr, PreGetReturnsZeroWhereMemoryIsShort) {
  MachineConfig config;
  config.allocation_faults.hard = 1;
  const auto result = check(config, [](World& world) {
    world.task("task", Cpu{0}, [&world] {
      idr index{};
      const int first = idr_pre_get(&index, GFP_KERNEL);
      const int second = idr_pre_get(&index, GFP_KERNEL);
      world.expect(first == 1 || second == 1, "one fault fails one call");
      world.expect(first == 1, "this is to be found");
      idr_destroy(&index);
    });
  });
  ASSERT_TRUE(result.found(FindingKind::invariant));
  for (const Finding& finding : result.findings)
    EXPECT_STREQ(finding.detail, "this is to be found");
}

TEST(IdrMisuse, IsSeen) {
  EXPECT_TRUE(check_task([] {
                idr index{};
                idr_remove(&index, 5);
              }).found(FindingKind::kernel_assertion));
  EXPECT_TRUE(check(with_cpus(2), [](World& world) {
                auto& index = world.create<idr>();
                for (std::uint16_t i = 0; i < 2; ++i)
                  world.task("task", Cpu{i}, [&index] { take(index, 0); });
              }).found(FindingKind::data_race));
}

}  // namespace
}  // namespace heddle::sim::kernel
