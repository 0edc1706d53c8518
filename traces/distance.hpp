// How far the rows of an execution are from what its finding is about: which of too many to leave
// out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "traces/story_rows.hpp"

namespace heddle::traces {

/// How much a reader would miss each of the rows, which are StoryRows, 0 most. What the set-up did,
/// and what came after all is lost, counts as farther. Cost: O(rows).
template <class Row>
std::vector<std::size_t> distances(const std::vector<Row>& rows) {
  constexpr std::size_t farther = 4;
  std::vector<std::size_t> distance(rows.size(), rows.size());
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].number != 0) last = i;
    if (last) distance[i] = farther * (i - *last);
  }
  if (!last) last = rows.size();  // no finding: the end tells most
  for (std::size_t i = *last, next = *last; i-- != 0;) {
    if (rows[i].number != 0) next = i;
    distance[i] = std::min(distance[i], next - i);
    if (rows[i].context == sim::ContextId{0}) distance[i] *= farther;
  }
  return distance;
}

/// Those at this distance and beyond are too many. @pre there are more than `rows_max`.
inline std::size_t too_far(std::vector<std::size_t> distances, std::size_t rows_max) {
  const auto limit = distances.begin() + static_cast<std::ptrdiff_t>(rows_max);
  std::nth_element(distances.begin(), limit, distances.end());
  return *limit;
}

}  // namespace heddle::traces
