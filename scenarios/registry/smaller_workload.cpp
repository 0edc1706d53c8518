#include "scenarios/registry/smaller_workload.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace heddle::scenarios {
namespace {

constexpr std::string_view between_actors = " | ";
constexpr std::string_view between_steps = "; ";

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> pieces;
  for (std::size_t end = text.find(separator); end != text.npos; end = text.find(separator)) {
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  pieces.push_back(text);
  return pieces;
}

bool is_digit(char byte) { return std::isdigit(static_cast<unsigned char>(byte)) != 0; }

class Candidates {
 public:
  Candidates(const WorkloadType& type, std::string_view text) : type_(type), text_(text) {}

  std::vector<std::string> all() {
    leave_actors_out();
    leave_steps_out();
    leave_settings_out();
    lower_numbers();
    return std::move(found_);
  }

 private:
  /// Kept if it is a workload, and as its own text, so that equal ones are seen to be equal.
  void offer(const std::string& candidate) {
    traces::Result<std::unique_ptr<Workload>> parsed = type_.parse(candidate);
    if (!parsed) return;
    std::string text = (*parsed)->text();
    if (text == text_ || text.size() > text_.size()) return;
    if (std::find(found_.begin(), found_.end(), text) == found_.end())
      found_.push_back(std::move(text));
  }

  void leave_actors_out() {
    const std::vector<std::string_view> actors = split(text_, between_actors);
    for (std::size_t count = std::max<std::size_t>(1, actors.size() / 2); count > 0; count /= 2)
      for (std::size_t i = 0; i + count <= actors.size(); ++i) {
        std::vector<std::string_view> rest = actors;
        const auto first = rest.begin() + static_cast<std::ptrdiff_t>(i);
        rest.erase(first, first + static_cast<std::ptrdiff_t>(count));
        offer(fmt::format("{}", fmt::join(rest, between_actors)));
      }
  }

  void leave_steps_out() {
    const std::vector<std::string_view> actors = split(text_, between_actors);
    for (std::size_t i = 0; i < actors.size(); ++i) {
      // What stands in front of the first step goes with no step.
      const std::size_t colon = actors[i].find(": ");
      if (colon == std::string_view::npos) continue;
      const std::string_view head = actors[i].substr(0, colon);
      const std::vector<std::string_view> steps = split(actors[i].substr(colon + 2), between_steps);
      for (std::size_t j = 0; j < steps.size(); ++j) {
        std::vector<std::string_view> rest = steps;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(j));
        std::vector<std::string> written(actors.begin(), actors.end());
        written[i] = rest.empty() ? fmt::format("{}:", head)
                                  : fmt::format("{}: {}", head, fmt::join(rest, between_steps));
        offer(fmt::format("{}", fmt::join(written, between_actors)));
      }
    }
  }

  /// "hard=1 " and the like.
  void leave_settings_out() {
    const std::vector<std::string_view> words = split(text_, " ");
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i].find('=') == std::string_view::npos) continue;
      std::vector<std::string_view> rest = words;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      offer(fmt::format("{}", fmt::join(rest, " ")));
    }
  }

  void lower_numbers() {
    for (std::size_t i = 0; i < text_.size();) {
      const auto begin = text_.begin() + static_cast<std::ptrdiff_t>(i);
      const auto end = std::find_if_not(begin, text_.end(), is_digit);
      if (begin == end) {
        ++i;
        continue;
      }
      const auto digits = static_cast<std::size_t>(end - begin);
      std::uint64_t number = 0;
      if (std::from_chars(text_.data() + i, text_.data() + i + digits, number).ec == std::errc{}) {
        for (const std::uint64_t less :
             {std::uint64_t{0}, std::uint64_t{1}, number / 2, number - 1})
          if (less < number)
            offer(fmt::format("{}{}{}", text_.substr(0, i), less, text_.substr(i + digits)));
      }
      i += digits;
    }
  }

  const WorkloadType& type_;
  const std::string_view text_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> smaller_workloads(const WorkloadType& type, std::string_view text) {
  return Candidates(type, text).all();
}

}  // namespace heddle::scenarios
