// How cost grows: executions a second against tasks, CPUs, steps and objects; memory against
// executions and against the depth of a search.
#pragma once

#include <string>
#include <vector>

#include "bench/measure/runner.hpp"

namespace heddle::bench {

struct Point {
  double x = 0;
  double y = 0;
};

struct Curve {
  std::string name;  ///< of a file, too
  std::string title;
  std::string x;
  std::string y;
  std::vector<Point> points;
};

/// Everything on; medians over the rounds.
std::vector<Curve> measure_growth(int rounds, double seconds_each);

}  // namespace heddle::bench
