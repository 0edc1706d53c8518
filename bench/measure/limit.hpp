// How far heddle is from the limit: the cost of an execution over that of its bare switches and
// starts (bare.hpp), in one run.
#pragma once

#include <string>
#include <vector>

#include "bench/measure/runner.hpp"

namespace heddle::bench {

struct LimitRow {
  std::string program;
  Work work;           // of an execution
  double bare_ns = 0;  // an execution, by Form
  double checks_ns = 0;
  double all_ns = 0;
  double bare_ratio = 0;  // over the limit, medians of the rounds' ratios
  double checks_ratio = 0;
  double all_ratio = 0;
};

struct Limit {
  double switch_ns = 0;
  double start_ns = 0;
  std::vector<LimitRow> rows;
  double step_ns = 0;         // of an execution of a million steps, with everything on
  double access_ns = 0;       // a plain access that does not race, with everything on
  double access_bare_ns = 0;  // the same with nothing on
};

/// Takes about `seconds_each` of CPU time a round and subject.
Limit measure_limit(int rounds, double seconds_each);

}  // namespace heddle::bench
