#include "sim/explore/schedule_pool.hpp"

#include <algorithm>
#include <limits>

#include "sim/explore/numbers.hpp"

namespace heddle::sim {
namespace {

constexpr std::string_view recorded_word = "recorded";

void write_one(std::string& text, const PooledSchedule& schedule) {
  text += recorded_word;
  put_number(text, schedule.index);
  put_number(text, schedule.run_count);
  for (std::uint32_t i = 0; i < schedule.run_count; ++i) {
    put_number(text, schedule.runs[i].context.value);
    put_number(text, schedule.runs[i].steps);
  }
  put_number(text, schedule.value_count);
  for (std::uint32_t i = 0; i < schedule.value_count; ++i) put_number(text, schedule.values[i]);
  text += '\n';
}

void read_one(std::string_view line, PooledSchedule& schedule) {
  schedule.index = take_number(line);
  schedule.run_count = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(take_number(line), PooledSchedule::runs_max));
  for (std::uint32_t i = 0; i < schedule.run_count; ++i) {
    schedule.runs[i].context = ContextId{static_cast<std::uint16_t>(take_number(line))};
    schedule.runs[i].steps = static_cast<std::uint16_t>(take_number(line));
  }
  schedule.value_count = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(take_number(line), PooledSchedule::values_max));
  for (std::uint32_t i = 0; i < schedule.value_count; ++i)
    schedule.values[i] = static_cast<std::uint16_t>(take_number(line));
}

}  // namespace

void PooledSchedule::add(ContextId context) {
  constexpr std::uint16_t most = std::numeric_limits<std::uint16_t>::max();
  Run* const last = run_count != 0 ? &runs[run_count - 1] : nullptr;
  if (last != nullptr && last->context == context && last->steps != most)
    ++last->steps;
  else if (run_count != runs_max)
    runs[run_count++] = {context, 1};
}

void PooledSchedule::add(std::uint32_t value) {
  if (value_count != values_max) values[value_count++] = static_cast<std::uint16_t>(value);
}

SchedulePool::SchedulePool(std::pmr::memory_resource& memory) : made_(&memory), kept_(&memory) {
  // Each has reached a pair that no other one has.
  made_.reserve(Coverage::pairs_max);
  kept_.reserve(kept_max);
}

void SchedulePool::begin(std::uint64_t index) {
  running_.index = index;
  running_.run_count = running_.value_count = 0;
}

void SchedulePool::end(bool reached_something_new) {
  if (reached_something_new && made_.size() != made_.capacity()) made_.push_back(running_);
}

void SchedulePool::gather(const SchedulePool& other, const Coverage& coverage) {
  const std::vector<std::uint64_t> firsts = coverage.firsts();
  const auto is_first = [&](const PooledSchedule& schedule) {
    return std::binary_search(firsts.begin(), firsts.end(), schedule.index);
  };
  std::erase_if(made_, [&](const PooledSchedule& schedule) { return !is_first(schedule); });
  for (const PooledSchedule& schedule : other.made_)
    if (is_first(schedule) && made_.size() != made_.capacity()) made_.push_back(schedule);
}

void SchedulePool::write(std::string& text, const Coverage& coverage) const {
  const std::vector<std::uint64_t> firsts = coverage.firsts();
  std::vector<const PooledSchedule*> all;
  for (const PooledSchedule& schedule : kept_) all.push_back(&schedule);
  for (const PooledSchedule& schedule : made_)
    if (std::binary_search(firsts.begin(), firsts.end(), schedule.index)) all.push_back(&schedule);
  std::sort(all.begin(), all.end(),
            [](const PooledSchedule* a, const PooledSchedule* b) { return a->index < b->index; });
  const std::size_t left_out = all.size() - std::min(all.size(), kept_max);
  for (std::size_t i = left_out; i < all.size(); ++i) write_one(text, *all[i]);
}

void SchedulePool::read(std::string_view text) {
  made_.clear();
  kept_.clear();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!take_word(line, recorded_word) || kept_.size() == kept_max) continue;
    kept_.emplace_back();
    read_one(line, kept_.back());
  }
}

}  // namespace heddle::sim
