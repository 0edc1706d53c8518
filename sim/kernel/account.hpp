// What a user may have of something, such as pages of locked memory (user_struct::locked_vm), and
// what of it is taken. A charge that is given back twice is a finding; one that never is shows at
// the end, where the account is asked.
#pragma once

#include "sim/kernel/errno.hpp"
#include "sim/kernel/refcount.hpp"

namespace heddle::sim::kernel {

struct Account {
  atomic_t charged;
  int limit;
};

/// @returns 0, or -EPERM: no more than the limit, and nothing is charged.
[[nodiscard, gnu::always_inline]] inline int account_charge(Account* account, int amount) {
  if (atomic_add_return(amount, &account->charged) <= account->limit) return 0;
  atomic_sub(amount, &account->charged);
  return -EPERM;
}
[[gnu::always_inline]] inline void account_uncharge(Account* account, int amount) {
  if (atomic_add_return(-amount, &account->charged) < 0)
    report_refcount("an account falls below zero: a charge is given back twice");
}
[[gnu::always_inline]] inline int account_charged(const Account* account) {
  return atomic_read(&account->charged);
}

}  // namespace heddle::sim::kernel
