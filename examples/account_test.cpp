// A class of one's own with the type of its mutex as a parameter: production code has std::mutex,
// the scenarios heddle's. The bug has no data race: a check and what relies on it are two sections
// of the lock.
#include <mutex>

#include "heddle.hpp"
#include "heddle/sync.hpp"
#include "heddle/testing.hpp"

namespace {
using namespace heddle;

template <class Mutex = std::mutex>
class Account {
 public:
  explicit Account(long balance) : balance_(balance) {}

  long balance() const {
    const std::lock_guard hold(mutex_);
    return balance_;
  }
  bool withdraw(long amount) {
    const std::lock_guard hold(mutex_);
    if (balance_ < amount) return false;
    balance_ -= amount;
    return true;
  }
  bool withdraw_in_two_sections(long amount) {
    if (balance() < amount) return false;  // it may be less by the time that it is taken
    const std::lock_guard hold(mutex_);
    balance_ -= amount;
    return true;
  }

 private:
  mutable Mutex mutex_;
  long balance_;
};

using TestedAccount = Account<sync::mutex>;

template <bool (TestedAccount::*withdraw)(long)>
void two_customers(World& world, DefectBits) {
  auto& account = world.variable<TestedAccount>("account", 100);
  for (const char* name : {"anna", "ben"})
    world.task(name, Cpu{0}, [&account] { (account.*withdraw)(80); });
  world.finally([&world, &account] {
    world.expect(account.balance() >= 0, "an account is never overdrawn");
  });
}
HEDDLE_SCENARIO("example/account_in_two_sections",
                two_customers<&TestedAccount::withdraw_in_two_sections>);
HEDDLE_SCENARIO("example/account", two_customers<&TestedAccount::withdraw>);

TEST(Account, IsOverdrawnWhereTheCheckIsASectionOfItsOwn) {
  EXPECT_FINDS(explore("example/account_in_two_sections"), FindingKind::invariant);
}
TEST(Account, IsNeverOverdrawnInOneSection) {
  EXPECT_CLEAN(explore("example/account", {.strategy = StrategyKind::dfs, .executions = 0}));
}
TEST(Account, WorksWithTheStandardMutex) {
  Account account(100);
  EXPECT_TRUE(account.withdraw(80));
  EXPECT_FALSE(account.withdraw(80));
}

}  // namespace
