#include "scenarios/cli/nearest.hpp"

#include <algorithm>
#include <cctype>

namespace heddle::cli {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

std::size_t edit_distance(std::string_view first, std::string_view second) {
  const std::string a = lower(first);
  const std::string b = lower(second);
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates,
                                 std::size_t count) {
  const std::size_t allowed = std::max<std::size_t>(2, word.size() / 3);
  struct Ranked {
    std::size_t distance;
    std::string text;
    auto operator<=>(const Ranked&) const = default;
  };
  std::vector<Ranked> ranked;
  for (const std::string& candidate : candidates) {
    std::size_t distance = edit_distance(word, candidate);
    const std::string a = lower(word);
    const std::string b = lower(candidate);
    // A short candidate differs from every short word by few letters.
    const bool alike = distance <= allowed && distance < std::max(a.size(), b.size());
    const bool part =
        a.size() >= 3 && b.size() >= 3 && (b.find(a) != std::string::npos || a.starts_with(b));
    if (part) distance = std::min(distance, allowed);
    if (alike || part) ranked.push_back({distance, candidate});
  }
  std::sort(ranked.begin(), ranked.end());
  ranked.erase(std::unique(ranked.begin(), ranked.end()), ranked.end());
  std::vector<std::string> result;
  for (std::size_t i = 0; i < ranked.size() && i < count; ++i) result.push_back(ranked[i].text);
  return result;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::vector<std::string> near = nearest(word, candidates);
  std::string text;
  for (std::size_t i = 0; i < near.size(); ++i) {
    text += i == 0 ? ", did you mean " : i + 1 == near.size() ? " or " : ", ";
    text += "'" + near[i] + "'";
  }
  return text.empty() ? text : text + "?";
}

}  // namespace heddle::cli
