// Reductions within a bound on preemptions, against the search of all executions.
#include <gtest/gtest.h>

#include "tests/explore/cross_check.hpp"

namespace heddle::tests {
namespace {

TEST(Bounds, HideNoTraceThatTheyAllow) { cross_check(1, 60, check_bounds); }

TEST(Bounds, HideNoTraceThatTheyAllowWhereNobodySharesACpu) {
  cross_check(1, 100, check_bounds, Programs::apart);
}

}  // namespace
}  // namespace heddle::tests
