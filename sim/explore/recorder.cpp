#include "sim/explore/recorder.hpp"

#include <algorithm>
#include <limits>

#include "sim/explore/numbers.hpp"

namespace heddle::sim {
namespace {

constexpr std::string_view recorded_word = "recorded";

void write_one(std::string& text, const Recording& recording) {
  text += recorded_word;
  put_number(text, recording.index);
  put_number(text, recording.run_count);
  for (std::uint32_t i = 0; i < recording.run_count; ++i) {
    put_number(text, recording.runs[i].context.value);
    put_number(text, recording.runs[i].steps);
  }
  put_number(text, recording.value_count);
  for (std::uint32_t i = 0; i < recording.value_count; ++i) put_number(text, recording.values[i]);
  text += '\n';
}

void read_one(std::string_view line, Recording& recording) {
  recording.index = take_number(line);
  recording.run_count =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(take_number(line), Recording::runs_max));
  for (std::uint32_t i = 0; i < recording.run_count; ++i) {
    recording.runs[i].context = ContextId{static_cast<std::uint16_t>(take_number(line))};
    recording.runs[i].steps = static_cast<std::uint16_t>(take_number(line));
  }
  recording.value_count =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(take_number(line), Recording::values_max));
  for (std::uint32_t i = 0; i < recording.value_count; ++i)
    recording.values[i] = static_cast<std::uint16_t>(take_number(line));
}

}  // namespace

void Recording::add(ContextId context) {
  constexpr std::uint16_t most = std::numeric_limits<std::uint16_t>::max();
  Run* const last = run_count != 0 ? &runs[run_count - 1] : nullptr;
  if (last != nullptr && last->context == context && last->steps != most)
    ++last->steps;
  else if (run_count != runs_max)
    runs[run_count++] = {context, 1};
}

void Recording::add(std::uint32_t value) {
  if (value_count != values_max) values[value_count++] = static_cast<std::uint16_t>(value);
}

Recorder::Recorder(std::pmr::memory_resource& memory) : made_(&memory), kept_(&memory) {
  // Each has reached a pair that no other one has.
  made_.reserve(Coverage::pairs_max);
  kept_.reserve(kept_max);
}

void Recorder::begin(std::uint64_t index) {
  running_.index = index;
  running_.run_count = running_.value_count = 0;
}

void Recorder::end(bool reached_something_new) {
  if (reached_something_new && made_.size() != made_.capacity()) made_.push_back(running_);
}

void Recorder::gather(const Recorder& other, const Coverage& coverage) {
  const std::vector<std::uint64_t> firsts = coverage.firsts();
  const auto is_first = [&](const Recording& recording) {
    return std::binary_search(firsts.begin(), firsts.end(), recording.index);
  };
  std::erase_if(made_, [&](const Recording& recording) { return !is_first(recording); });
  for (const Recording& recording : other.made_)
    if (is_first(recording) && made_.size() != made_.capacity()) made_.push_back(recording);
}

void Recorder::write(std::string& text, const Coverage& coverage) const {
  const std::vector<std::uint64_t> firsts = coverage.firsts();
  std::vector<const Recording*> all;
  for (const Recording& recording : kept_) all.push_back(&recording);
  for (const Recording& recording : made_)
    if (std::binary_search(firsts.begin(), firsts.end(), recording.index))
      all.push_back(&recording);
  std::sort(all.begin(), all.end(),
            [](const Recording* a, const Recording* b) { return a->index < b->index; });
  const std::size_t left_out = all.size() - std::min(all.size(), kept_max);
  for (std::size_t i = left_out; i < all.size(); ++i) write_one(text, *all[i]);
}

void Recorder::read(std::string_view text) {
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
