// The rows of tests/counts.csv that take long.
#include "tests/explore/counted_rows.hpp"

namespace heddle::tests {
namespace {

TEST(NightlyCounts, OfOptimalReductionAreExact) { expect_exact_counts("nightly"); }

}  // namespace
}  // namespace heddle::tests
