// How time is taken on a machine that others use too: the CPU time of this thread alone, of
// subjects in turn, many times, and the median of the ratios of neighbours.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace heddle::bench {

/// CPU time of this thread so far, in seconds.
double cpu_seconds();

/// @pre not empty.
double median(std::vector<double> values);

/// What is measured: runs so many units, @returns seconds of CPU time for them.
using Subject = std::function<double(std::uint64_t units)>;

/// Nanoseconds a unit, of each subject and round: rounds[subject][round]. All subjects of a round
/// are run close together, so a ratio within a round means something, and a median of such ratios
/// more.
std::vector<std::vector<double>> in_turn(const std::vector<Subject>& subjects, int rounds,
                                         double seconds_each);

/// The median over rounds of a / b.
double median_ratio(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace heddle::bench
