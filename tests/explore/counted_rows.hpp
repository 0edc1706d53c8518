// The rows of tests/counts.csv.
#pragma once

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bench/counted.hpp"
#include "sim/explore/dpor.hpp"
#include "tests/explore/program.hpp"

namespace heddle::tests {

struct CountedRow {
  std::string program;
  int n = 0;
  int k = 0;
  std::uint64_t traces = 0;
  std::uint32_t preemptions = sim::no_preemption_bound;
};

/// Those that are to be counted `when`: "always" or "nightly".
inline std::vector<CountedRow> counted_rows(const std::string& when) {
  std::ifstream file(HEDDLE_SOURCE_DIR "/tests/counts.csv");
  EXPECT_TRUE(file.is_open());
  std::vector<CountedRow> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream fields(line);
    CountedRow row;
    std::string n, k, traces, row_when;
    std::getline(fields, row.program, ',');
    std::getline(fields, n, ',');
    std::getline(fields, k, ',');
    std::getline(fields, traces, ',');
    std::getline(fields, row_when, ',');
    if (std::string bound; std::getline(fields, bound))
      row.preemptions = static_cast<std::uint32_t>(std::stoul(bound));
    EXPECT_TRUE(row_when == "always" || row_when == "nightly") << line;
    row.n = std::stoi(n);
    row.k = std::stoi(k);
    row.traces = std::stoull(traces);
    if (row_when == when) rows.push_back(row);
  }
  return rows;
}

inline sim::Counts count(const CountedRow& row, sim::Reduction reduction) {
  const bench::CountedProgram* program = bench::counted_program(row.program);
  EXPECT_NE(program, nullptr) << row.program;
  if (program == nullptr) return {};
  bench::CountedExecution execution(machine(), *program, row.n, row.k);
  sim::Dpor dpor(*std::pmr::new_delete_resource(), {reduction, 1'000, row.preemptions});
  const sim::Counts counts = explore_all(execution, dpor);
  EXPECT_FALSE(dpor.has_next());
  EXPECT_FALSE(dpor.diverged());
  return counts;
}

/// Optimal DPOR makes one execution for each trace, and no other; within a bound it also begins
/// some in vain.
inline void expect_exact_counts(const std::string& when) {
  const std::vector<CountedRow> rows = counted_rows(when);
  EXPECT_FALSE(rows.empty());
  for (const CountedRow& row : rows) {
    const sim::Counts counts = count(row, sim::Reduction::optimal);
    EXPECT_EQ(counts.finished, row.traces) << row.program << ' ' << row.n << ' ' << row.k;
    if (row.preemptions == sim::no_preemption_bound) {
      EXPECT_EQ(counts.all(), row.traces) << row.program << ' ' << row.n << ' ' << row.k;
    }
  }
}

}  // namespace heddle::tests
