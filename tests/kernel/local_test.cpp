// Variables that are watched, and accounts.
#include "sim/kernel/local.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/account.hpp"
#include "tests/kernel/check.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::check_task;

TEST(Local, ToUseItsFirstValueIsAFinding) {
  EXPECT_TRUE(check_task([] {
                Local<int> local("local");
                volatile int copy = *local;
                static_cast<void>(copy);
              }).found(FindingKind::uninitialised));
  EXPECT_TRUE(check_task([] {
                Local<int> local("local");
                *local = 1;
                volatile int copy = *local;
                static_cast<void>(copy);
              }).clean())
      << "and nobody owes that it is freed";
}

TEST(Local, ToUseItAfterItsFunctionIsAFinding) {
  EXPECT_TRUE(check_task([] {
                int* stays = nullptr;
                {
                  Local<int> local("local");
                  stays = local.get();
                }
                *stays = 1;
              }).found(FindingKind::use_after_free));
}

TEST(Account, ChargesUpToItsLimit) {
  EXPECT_TRUE(check_task([] {
                Account account{{0}, 3};
                EXPECT_EQ(account_charge(&account, 2), 0);
                EXPECT_EQ(account_charge(&account, 2), -EPERM);
                EXPECT_EQ(account_charged(&account), 2);
                EXPECT_EQ(account_charge(&account, 1), 0);
                account_uncharge(&account, 3);
                EXPECT_EQ(account_charged(&account), 0);
              }).clean());
}

TEST(Account, AChargeIsNotGivenBackTwice) {
  EXPECT_TRUE(check_task([] {
                Account account{{0}, 3};
                account_uncharge(&account, 1);
              }).found(FindingKind::refcount));
}

}  // namespace
}  // namespace heddle::sim::kernel
