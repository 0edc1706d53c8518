// Who keeps what alive: reference counts, modules, and pointers that carry an error instead.
#include <gtest/gtest.h>

#include "sim/kernel/errno.hpp"
#include "sim/kernel/module.hpp"
#include "sim/kernel/refcount.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/machine/crash.hpp"
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

struct Counted {
  kref refs;
  int data;
};

TEST(Kref, TheLastPutReleasesAfterAllElse) {
  EXPECT_TRUE(check(with_cpus(2), [](World& world) {
                auto* object = static_cast<Counted*>(kzalloc(sizeof(Counted), GFP_KERNEL));
                kref_init(&object->refs);
                kref_get(&object->refs);
                for (std::uint16_t i = 0; i < 2; ++i)
                  world.task("user", Cpu{i}, [object, i] {
                    if (i == 0) object->data = 1;
                    kref_put(&object->refs, [object](kref*) {
                      object->data = 2;
                      kfree(object);
                    });
                  });
              }).clean());
}

TEST(Kref, IsNotTakenFromZero) {
  EXPECT_TRUE(check_task([] {
                kref refs{};
                if (kref_get_unless_zero(&refs)) report_refcount("never");
              }).clean());
  EXPECT_TRUE(check_task([] {
                kref refs{};
                kref_get(&refs);
              }).found(FindingKind::refcount));
}

TEST(Refcount, OnePutTooManyIsSeen) {
  EXPECT_TRUE(check_task([] {
                refcount_t count{};
                refcount_set(&count, 1);
                refcount_dec_and_test(&count);
                refcount_dec_and_test(&count);
              }).found(FindingKind::refcount));
}

TEST(Module, GivesNoReferenceOnceItGoesAndGoesOnlyUnused) {
  EXPECT_EQ(all_orders(with_cpus(2),
                       [](World& world, Order& order) {
                         auto& module = world.create<kernel_module>();
                         module_is_live(&module);
                         world.task("user", Cpu{0}, [&] {
                           if (!try_module_get(&module)) {
                             order.note('n');
                             return;
                           }
                           order.note('u');
                           module_put(&module);
                         });
                         world.task("unloader", Cpu{1},
                                    [&] { order.note(try_stop_module(&module) == 0 ? 'g' : 'b'); });
                       }),
            (Orders{"gn", "ub", "ug"}));
}

TEST(Module, MayBeForcedToGoAndSeesAPutTooMany) {
  EXPECT_TRUE(check(with_cpus(1), [](World& world) {
                auto& module = world.create<kernel_module>();
                world.task("task", Cpu{0}, [&] {
                  world.expect(try_module_get(&module), "a module that is loaded can be used");
                  world.expect(try_stop_module(&module) == -EBUSY, "a used module stays");
                  world.expect(try_stop_module(&module, true) == 0, "it can be forced");
                  module_put(&module);
                });
              }).clean());
  EXPECT_TRUE(check(with_cpus(1), [](World& world) {
                auto& module = world.create<kernel_module>();
                world.task("task", Cpu{0}, [&] { module_put(&module); });
              }).found(FindingKind::refcount));
}

TEST(ErrorPointer, CarriesItsErrorAndIsNoPointer) {
  for (const long error : {-1L, -static_cast<long>(ENOMEM), -4095L}) {
    const int* pointer = ERR_PTR<int>(error);
    EXPECT_TRUE(IS_ERR(pointer));
    EXPECT_EQ(PTR_ERR(pointer), error);
  }
  const int real = 0;
  EXPECT_FALSE(IS_ERR(&real));
  EXPECT_FALSE(IS_ERR(nullptr));
}

TEST(ErrorPointer, FollowedItSaysWhichErrorItWas) {
  const CrashGuard guard(tests::machine());
  const auto result = check_task([] {
    volatile Counted* none = ERR_PTR<volatile Counted>(-ENOMEM);
    none->data = 1;
  });
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].kind, FindingKind::crash);
  EXPECT_EQ(result.findings[0].number, static_cast<std::uint64_t>(ENOMEM));
}

}  // namespace
}  // namespace heddle::sim::kernel
