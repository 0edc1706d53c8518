#include "scenarios/registry/text_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace heddle::scenarios {
namespace {

constexpr std::size_t shown_bytes_max = 20;

bool is_word_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '_';
}

}  // namespace

std::string excerpt(std::string_view text, std::size_t bytes_max) {
  std::string shown;
  for (const char c : text.substr(0, bytes_max)) shown += c >= ' ' && c < 0x7F ? c : '?';
  return '\'' + shown + (text.size() > bytes_max ? "…'" : "'");
}

bool TextReader::take(std::string_view literal) {
  if (!sees(literal)) return false;
  position_ += literal.size();
  return true;
}

void TextReader::expect(std::string_view literal) {
  if (!take(literal)) expected(fmt::format("'{}'", literal));
}

std::uint64_t TextReader::number(std::uint64_t least, std::uint64_t most) {
  if (!ok()) return least;
  const std::string_view rest = text_.substr(position_);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  const auto digits = static_cast<std::size_t>(end - rest.data());
  const bool padded = digits > 1 && rest[0] == '0';
  if (error != std::errc{} || padded || value < least || value > most) {
    expected(fmt::format("a number in {}..{}", least, most));
    return least;
  }
  position_ += digits;
  return value;
}

std::size_t TextReader::word(std::span<const std::string_view> words) {
  if (!ok()) return 0;
  const std::string_view rest = text_.substr(position_);
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_word_byte);
  const std::string_view found = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  const auto at = std::find(words.begin(), words.end(), found);
  if (at == words.end()) {
    expected(fmt::format("'{}'", fmt::join(words, "', '")));
    return 0;
  }
  position_ += found.size();
  return static_cast<std::size_t>(at - words.begin());
}

void TextReader::fail(std::string reason) {
  if (ok()) error_ = std::move(reason);
}

void TextReader::expected(std::string_view what) {
  if (!ok()) return;
  const std::string_view rest = text_.substr(position_);
  error_ = fmt::format("expected {} at column {}, found {}", what, position_ + 1,
                       rest.empty() ? std::string("the end") : excerpt(rest, shown_bytes_max));
}

}  // namespace heddle::scenarios
