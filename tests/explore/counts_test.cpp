// The reductions make as many executions as there are traces.
#include "tests/explore/counted_rows.hpp"

namespace heddle::tests {
namespace {

TEST(Counts, OfOptimalReductionAreExact) { expect_exact_counts("always"); }

TEST(Counts, OfSourceReductionHaveAllTracesOnce) {
  for (const CountedRow& row : counted_rows("always")) {
    if (row.traces > 5'000) continue;
    const sim::Counts counts = count(row, sim::Reduction::source);
    EXPECT_EQ(counts.finished, row.traces) << row.program << ' ' << row.n << ' ' << row.k;
    EXPECT_EQ(counts.complete() + counts.blocked + counts.beyond, counts.all());
  }
}

TEST(Counts, OfSleepSetsHaveAllTracesOnce) {
  for (const CountedRow& row : counted_rows("always")) {
    // Sleep sets begin very many executions where many steps do not depend on each other.
    if (row.traces > 1'700 || row.n > 7) continue;
    EXPECT_EQ(count(row, sim::Reduction::sleep).finished, row.traces)
        << row.program << ' ' << row.n << ' ' << row.k;
  }
}

TEST(Counts, SourceReductionIsNotOptimal) {
  EXPECT_GT(count({"lastzero", 5, 0, 64}, sim::Reduction::source).blocked, 0u);
}

}  // namespace
}  // namespace heddle::tests
