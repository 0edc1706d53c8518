#include "bench/measure/limit.hpp"

#include <array>

#include "bench/measure/bare.hpp"
#include "bench/measure/clock.hpp"

namespace heddle::bench {
namespace {

struct Row {
  const char* label;
  const char* program;
  int n;
  int k;
  std::uint16_t cpus;
};
constexpr std::array<Row, 4> rows = {{
    {"sb", "sb", 2, 0, 2},
    {"inc 3.3", "inc", 3, 3, 3},
    {"mutex 3.3", "mutex", 3, 3, 3},
    {"readers 8", "readers", 8, 0, 9},
}};
constexpr int steps = 1'000'000;
constexpr int increments = 1'000'000;

Subject subject(const Workload& workload, Form form) {
  return [workload, form](std::uint64_t executions) { return run(workload, form, executions); };
}

LimitRow measure(const Row& row, int rounds, double seconds_each) {
  const Workload workload{program(row.program), row.n, row.k, row.cpus};
  const auto taken = in_turn({&bare_switches, &bare_starts, subject(workload, Form::bare),
                              subject(workload, Form::checks), subject(workload, Form::all)},
                             rounds, seconds_each);
  LimitRow result;
  result.program = row.label;
  result.work = work_of(workload, 10'000);
  std::vector<double> limit;
  for (std::size_t i = 0; i < taken[0].size(); ++i) {
    // A bare start is measured together with the switches there and back.
    const double start = taken[1][i] - taken[0][i];
    limit.push_back(result.work.starts * start + result.work.switches * taken[0][i]);
  }
  result.bare_ns = median(taken[2]);
  result.checks_ns = median(taken[3]);
  result.all_ns = median(taken[4]);
  result.bare_ratio = median_ratio(taken[2], limit);
  result.checks_ratio = median_ratio(taken[3], limit);
  result.all_ratio = median_ratio(taken[4], limit);
  return result;
}

}  // namespace

Limit measure_limit(int rounds, double seconds_each) {
  Limit limit;
  const auto bare = in_turn({&bare_switches, &bare_starts}, rounds, seconds_each);
  limit.switch_ns = median(bare[0]);
  limit.start_ns = median(bare[1]) - limit.switch_ns;
  for (const Row& row : rows) limit.rows.push_back(measure(row, rounds, seconds_each));

  const Workload counter{program("inc"), 1, steps, 1};
  const Workload accesses{program("plain"), increments, 0, 1};
  const Workload nothing{program("nothing"), increments, 0, 1};
  const auto long_runs = in_turn({subject(counter, Form::all), subject(accesses, Form::all),
                                  subject(accesses, Form::bare), subject(nothing, Form::all)},
                                 rounds, 4 * seconds_each);
  const double idle = median(long_runs[3]);
  limit.step_ns = median(long_runs[0]) / steps;
  limit.access_ns = (median(long_runs[1]) - idle) / (2.0 * increments);
  limit.access_bare_ns = (median(long_runs[2]) - idle) / (2.0 * increments);
  return limit;
}

}  // namespace heddle::bench
