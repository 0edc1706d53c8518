// Numbers as text, for what strategies have learned: in hexadecimal digits, with blanks between.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace heddle::sim {

/// Takes the first number off `text`. @returns 0 where there is none.
inline std::uint64_t take_number(std::string_view& text) {
  const std::size_t start = std::min(text.find_first_not_of(' '), text.size());
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + start, end, number, 16);
  text = {read.ptr, static_cast<std::size_t>(end - read.ptr)};
  return number;
}

inline void put_number(std::string& text, std::uint64_t number) {
  char digits[17];
  const auto written = std::to_chars(digits, digits + sizeof digits, number, 16);
  text += ' ';
  text.append(digits, written.ptr);
}

/// Takes a word off the start of `line`. @returns false if the line begins with another one.
inline bool take_word(std::string_view& line, std::string_view word) {
  if (!line.starts_with(word)) return false;
  line.remove_prefix(word.size());
  return true;
}

}  // namespace heddle::sim
