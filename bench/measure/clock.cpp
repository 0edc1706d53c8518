#include "bench/measure/clock.hpp"

#include <algorithm>
#include <cstddef>
#include <ctime>

#include "sim/core/check.hpp"

namespace heddle::bench {

double cpu_seconds() {
  timespec now{};
  HEDDLE_CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "the system tells CPU time");
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double median(std::vector<double> values) {
  HEDDLE_CHECK(!values.empty(), "a median is of something");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

namespace {

/// How many units of the subject take so long.
std::uint64_t units_for(const Subject& subject, double seconds) {
  for (std::uint64_t units = 1;; units *= 4) {
    const double taken = subject(units);
    if (taken < seconds / 8) continue;
    const double wanted = static_cast<double>(units) * seconds / taken;
    return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  }
}

}  // namespace

std::vector<std::vector<double>> in_turn(const std::vector<Subject>& subjects, int rounds,
                                         double seconds_each) {
  std::vector<std::uint64_t> units;
  units.reserve(subjects.size());
  for (const Subject& subject : subjects) units.push_back(units_for(subject, seconds_each));
  std::vector<std::vector<double>> taken(subjects.size());
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < subjects.size(); ++i)
      taken[i].push_back(1e9 * subjects[i](units[i]) / static_cast<double>(units[i]));
  return taken;
}

double median_ratio(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> ratios;
  ratios.reserve(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) ratios.push_back(a[i] / b[i]);
  return median(std::move(ratios));
}

}  // namespace heddle::bench
