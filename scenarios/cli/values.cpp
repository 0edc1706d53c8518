#include "scenarios/cli/values.hpp"

#include <charconv>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/nearest.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

/// @returns false unless all of `text` is a number in `base` that fits.
bool read_whole(std::string_view text, int base, std::uint64_t& value) {
  if (text.empty()) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::uint64_t parse_number(std::string_view option, std::string_view text, std::uint64_t least,
                           std::uint64_t most) {
  std::string digits;
  for (const char c : text)
    if (digits.empty() || (c != '_' && c != ',')) digits += c;
  std::uint64_t value = 0;
  if (!read_whole(digits, 10, value) || value < least || value > most)
    throw InputError(fmt::format("{} takes a number from {} to {}, not '{}'", option,
                                 with_commas(least), with_commas(most), text));
  return value;
}

std::uint64_t parse_hex(std::string_view option, std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
  std::uint64_t value = 0;
  if (!read_whole(digits, 16, value))
    throw InputError(
        fmt::format("{} takes 1 to 16 hexadecimal digits, such as 0x5EED, not '{}'", option, text));
  return value;
}

std::chrono::milliseconds parse_duration(std::string_view option, std::string_view text) {
  struct Unit {
    std::string_view suffix;
    std::uint64_t milliseconds;
  };
  constexpr Unit units[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};
  constexpr std::uint64_t most = 30ull * 24 * 3'600'000;
  for (const Unit& unit : units) {
    std::uint64_t count = 0;
    if (!text.ends_with(unit.suffix)) continue;
    if (!read_whole(text.substr(0, text.size() - unit.suffix.size()), 10, count)) continue;
    if (count == 0 || count > most / unit.milliseconds) continue;
    return std::chrono::milliseconds(count * unit.milliseconds);
  }
  throw InputError(
      fmt::format("{} takes a duration with its unit, such as 500ms, 60s, 5m or 2h (at most 30 "
                  "days), not '{}'",
                  option, text));
}

Shard parse_shard(std::string_view option, std::string_view text) {
  constexpr std::uint64_t most = 100'000;
  const std::size_t slash = text.find('/');
  std::uint64_t index = 0;
  std::uint64_t count = 0;
  if (slash == text.npos || !read_whole(text.substr(0, slash), 10, index) ||
      !read_whole(text.substr(slash + 1), 10, count) || index == 0 || index > count || count > most)
    throw InputError(fmt::format("{} takes i/n, such as 1/4 for the first of four parts, not '{}'",
                                 option, text));
  return {index, count};
}

std::size_t parse_word(std::string_view option, std::string_view text,
                       std::span<const std::string> words) {
  std::string all;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == text) return i;
    all += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  }
  throw InputError(
      fmt::format("{} takes {}, not '{}'{}", option, all, text, did_you_mean(text, words)));
}

}  // namespace heddle::cli
