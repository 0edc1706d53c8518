#include "traces/lane_rows.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "traces/distance.hpp"

namespace heddle::traces {
namespace {

using sim::ContextId;
using Mark = StoryRow::Mark;

constexpr std::size_t stretch_max = 10;   // rows of one context on end that are shown in full
constexpr std::size_t stretch_kept = 3;   // of a longer one, at each end
constexpr std::size_t turn_rows_max = 4;  // of a loop that goes round without a change
constexpr std::size_t turns_least = 4;    // fewer are shown in full

bool must_stay(const StoryRow& row) { return row.number != 0; }

/// One row for rows [begin, end). @pre not empty.
LaneRow folded(const std::vector<LaneRow>& rows, std::size_t begin, std::size_t end) {
  LaneRow row;
  row.step = rows[begin].step;
  row.cpu = rows[end - 1].cpu;
  row.context = rows[end - 1].context;
  row.looks = rows[end - 1].looks;
  for (std::size_t i = begin; i < end; ++i) row.folded += std::max<std::size_t>(rows[i].folded, 1);
  row.text =
      fmt::format("{} rows, steps {} to {}", row.folded, rows[begin].step, rows[end - 1].step);
  return row;
}

/// Copies `rows`, with one row for every three or more on end for which `is_kept` is false.
template <class IsKept>
std::vector<LaneRow> fold(const std::vector<LaneRow>& rows, IsKept&& is_kept) {
  std::vector<LaneRow> result;
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t end = i;
    while (end < rows.size() && !is_kept(end)) ++end;
    if (end - i >= 3) {
      result.push_back(folded(rows, i, end));
      i = end;
      continue;
    }
    end = std::max(end, i + 1);
    for (; i < end; ++i) result.push_back(rows[i]);
  }
  return result;
}

/// Do both say the same? Then the second tells nothing new.
bool repeats(const StoryRow& before, const StoryRow& row) {
  return before.context == row.context && before.text == row.text && before.value == row.value &&
         before.place == row.place && before.why == row.why && !must_stay(before) &&
         !must_stay(row);
}

/// Of a loop that goes round without a change, such as one that spins on a flag, only the first and
/// the last turn are kept.
void drop_turns(const std::vector<StoryRow>& rows, std::vector<bool>& kept) {
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t end = i;  // of the turns that begin at i
    for (std::size_t length = 1; length <= turn_rows_max && end == i; ++length) {
      std::size_t next = i + length;
      while (next < rows.size() && repeats(rows[next - length], rows[next])) ++next;
      const std::size_t turns = (next - i) / length;
      if (turns < turns_least) continue;
      end = i + turns * length;
      for (std::size_t k = i + length; k + length < end; ++k) kept[k] = false;
    }
    i = std::max(end, i + 1);
  }
}

/// Where folding has taken away the row that names a context, the next one names it.
void name_again(const std::vector<RecordedContext>& contexts, std::vector<LaneRow>& rows) {
  std::array<ContextId, sim::cpus_max> shown;
  shown.fill(sim::no_context);
  for (LaneRow& row : rows) {
    if (contexts[row.context.value].is_outside) continue;  // is always named
    ContextId& last = shown[row.cpu.value];
    if (row.folded != 0) {
      last = sim::no_context;
      continue;
    }
    if (row.mark == Mark::goes_on && last != row.context) row.mark = Mark::resumes;
    last = row.context;
  }
}

}  // namespace

std::vector<bool> worth_showing(const std::vector<StoryRow>& rows) {
  std::vector<bool> kept(rows.size(), true);
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t end = i;
    while (end < rows.size() && rows[end].context == rows[i].context) ++end;
    const bool is_set_up = rows[i].context == ContextId{0};
    if (is_set_up || end - i > stretch_max) {
      const std::size_t at_each_end = is_set_up ? 0 : stretch_kept;
      for (std::size_t k = i + at_each_end; k + at_each_end < end; ++k)
        kept[k] = must_stay(rows[k]);
    }
    i = end;
  }
  drop_turns(rows, kept);
  return kept;
}

LaneRows lane_rows(const Recording& recording, const RecordedFinding* finding, std::size_t rows_max,
                   std::optional<std::uint64_t> whole_at) {
  constexpr std::uint64_t steps_before = 8;
  const auto is_whole = [&](const StoryRow& row) {
    return whole_at && row.step <= *whole_at && row.step + steps_before > *whole_at;
  };
  StoryRows story = story_rows(recording, finding);
  std::vector<bool> shown = worth_showing(story.rows);
  for (std::size_t i = 0; i < shown.size(); ++i) shown[i] = shown[i] || is_whole(story.rows[i]);
  LaneRows result;
  for (StoryRow& row : story.rows) result.rows.push_back({std::move(row), 0});
  result.actors = std::move(story.actors);
  result.hint = std::move(story.hint);
  result.rows = fold(result.rows, [&](std::size_t i) { return shown[i]; });
  rows_max = std::max<std::size_t>(rows_max, 20);
  if (result.rows.size() > rows_max) {
    const std::vector<std::size_t> distance = distances(result.rows);
    // Few rows before the finding are no reason to show many that come long after it.
    const std::size_t far = std::min(too_far(distance, rows_max), rows_max);
    result.rows = fold(result.rows, [&](std::size_t i) {
      return distance[i] < far || must_stay(result.rows[i]) || is_whole(result.rows[i]);
    });
  }
  name_again(recording.contexts, result.rows);
  return result;
}

}  // namespace heddle::traces
