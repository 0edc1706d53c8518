// Assertions, their modes, and modules that are unloaded.
#include "sim/kernel/bug.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/module.hpp"
#include "sim/kernel/string.hpp"
#include "tests/kernel/check.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::all_orders;
using tests::check;
using tests::check_task;
using tests::Order;
using tests::Orders;
using tests::with_cpus;

/// The orders of a task that takes steps a and b with a failing assertion between them, and of
/// another one on a CPU of its own that takes step x.
Orders orders_around(void (*fails)()) {
  return all_orders(with_cpus(2), [fails](World& world, Order& order) {
    world.task("asserting", Cpu{0}, [&order, fails] {
      order.step('a');
      fails();
      order.step('b');
    });
    world.task("other", Cpu{1}, [&order] { order.step('x'); });
  });
}

std::size_t reports(void (*fails)()) {
  return check_task(fails).count(FindingKind::kernel_assertion);
}

const Orders everything_stops = {"a stopped", "xa stopped"};
const Orders only_this_one_stops = {"ax", "xa"};
const Orders all_go_on = {"abx", "axb", "xab"};

TEST(Panic, StopsTheExecution) {
  const auto fails = [] { panic("it went wrong"); };
  EXPECT_EQ(orders_around(fails), everything_stops);
  EXPECT_EQ(reports(fails), 1u);
}

TEST(Lbug, DoesWhatItsModeSays) {
  const auto panics = [] { lbug("it holds", LbugMode::panic); };
  const auto parks = [] { lbug("it holds", LbugMode::park); };
  const auto ignores = [] { lbug("it holds", LbugMode::ignore); };
  EXPECT_EQ(orders_around(panics), everything_stops);
  EXPECT_EQ(orders_around(parks), only_this_one_stops);
  EXPECT_EQ(orders_around(ignores), all_go_on);
  EXPECT_EQ(reports(panics), 1u);
  EXPECT_EQ(reports(parks), 1u);
  EXPECT_EQ(reports(ignores), 0u);
}

TEST(Lbug, ThatIsExpectedParksWithoutAFinding) {
  const auto panics = [] {
    expect_assertion();
    lbug("it holds", LbugMode::panic);
  };
  const auto parks = [] {
    expect_assertion();
    lbug("it holds", LbugMode::park);
  };
  EXPECT_EQ(orders_around(panics), only_this_one_stops);
  EXPECT_EQ(orders_around(parks), only_this_one_stops);
  EXPECT_EQ(reports(panics), 0u);
  EXPECT_EQ(reports(parks), 0u);
}

TEST(BugOn, PanicsIfItsConditionIsTrue) {
  EXPECT_EQ(orders_around([] { BUG_ON(true, "it holds"); }), everything_stops);
  EXPECT_EQ(orders_around([] { BUG_ON(false, "it holds"); }), all_go_on);
  EXPECT_EQ(orders_around([] {
              expect_assertion();
              BUG_ON(true, "it holds");
            }),
            only_this_one_stops);
  EXPECT_EQ(reports([] { BUG_ON(true, "it holds"); }), 1u);
  EXPECT_EQ(reports([] { BUG_ON(false, "it holds"); }), 0u);
}

TEST(WarnOn, ReportsAndGoesOn) {
  EXPECT_EQ(orders_around([] { WARN_ON(true, "it holds"); }), all_go_on);
  EXPECT_EQ(reports([] { WARN_ON(true, "it holds"); }), 1u);
  EXPECT_EQ(reports([] { WARN_ON(false, "it holds"); }), 0u);
  bool returned[2] = {false, true};
  check_task([&returned] {
    returned[0] = WARN_ON(true, "it holds");
    returned[1] = WARN_ON(false, "it holds");
  });
  EXPECT_TRUE(returned[0]);
  EXPECT_FALSE(returned[1]);
}

TEST(ExpectAssertion, IsForOneAssertionOfOneContext) {
  EXPECT_EQ(reports([] {
              expect_assertion();
              WARN_ON(true, "first");
              WARN_ON(true, "second");
            }),
            1u);
  EXPECT_EQ(check(
                with_cpus(2),
                [](World& world) {
                  world.task("expecting", Cpu{0}, [] { expect_assertion(); });
                  world.task("failing", Cpu{1}, [] { WARN_ON(true, "it holds"); });
                },
                20)
                .count(FindingKind::kernel_assertion),
            20u);
}

TEST(ExpectAssertion, TellsWhetherItDidNotCome) {
  bool missing[3] = {};
  check_task([&missing] {
    expect_assertion();
    missing[0] = still_expects_assertion();
    missing[1] = still_expects_assertion();
    expect_assertion();
    WARN_ON(true, "it holds");
    missing[2] = still_expects_assertion();
  });
  EXPECT_TRUE(missing[0]);
  EXPECT_FALSE(missing[1]);
  EXPECT_FALSE(missing[2]);
}

// ---- modules ------------------------------------------------------------------------------------

constexpr char constants[] = "constant";

TEST(ModuleImage, HoldsItsConstantsUntilItIsUnloaded) {
  int compared = -1;
  EXPECT_TRUE(check_task([&compared] {
                module_image* image = module_image::load("client", constants, sizeof constants);
                compared = kernel::strcmp(image->data(), constants);
                module_image::unload(image);
              }).clean());
  EXPECT_EQ(compared, 0);
}

TEST(ModuleImage, MayNotBeUsedAfterwards) {
  std::size_t length = 0;
  char copy[16] = {};
  const auto after_unload = [](auto&& use) {
    return check_task([&use] {
      module_image* image = module_image::load("client", constants, sizeof constants);
      module_image::unload(image);
      use(image->data());
    });
  };
  EXPECT_TRUE(after_unload([&length](const char* data) {
                length = kernel::strlen(data);
              }).found(FindingKind::use_after_free));
  EXPECT_TRUE(after_unload([&copy](const char* data) {
                kernel::strncpy(copy, data, sizeof copy);
              }).found(FindingKind::use_after_free));
  EXPECT_EQ(length, 0u);
}

TEST(ModuleImage, IsUnloadedOnce) {
  EXPECT_TRUE(check_task([] {
                module_image* image = module_image::load("client", constants, sizeof constants);
                module_image::unload(image);
                module_image::unload(image);
              }).found(FindingKind::double_free));
}

// ---- strings ------------------------------------------------------------------------------------

TEST(Strings, AreThoseOfTheCLibrary) {
  EXPECT_EQ(kernel::strcmp("a", "a"), 0);
  EXPECT_LT(kernel::strcmp("a", "b"), 0);
  EXPECT_GT(kernel::strcmp("ab", "a"), 0);
  EXPECT_GT(kernel::strcmp("\xff", "a"), 0) << "bytes are unsigned";
  EXPECT_EQ(kernel::strlen(""), 0u);
  EXPECT_EQ(kernel::strlen("abc"), 3u);
  char room[6] = "xxxxx";
  kernel::strncpy(room, "ab", 4);
  EXPECT_EQ(std::string(room, 6), std::string("ab\0\0x\0", 6));
  kernel::strncpy(room, "abcd", 2);
  EXPECT_EQ(std::string(room, 3), std::string("ab\0", 3));
}

}  // namespace
}  // namespace heddle::sim::kernel
