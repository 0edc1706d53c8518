// Reads a line of text from left to right, strictly: what the texts of workloads are parsed with.
// The first thing that does not fit is kept as the error, and everything after it fails too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "traces/result.hpp"

namespace heddle::scenarios {

/// The first bytes of any text, in quotes and safe to print.
std::string excerpt(std::string_view text, std::size_t bytes_max);

class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}

  /// Is this next?
  bool sees(std::string_view literal) const {
    return ok() && text_.substr(position_).starts_with(literal);
  }
  /// Is this next? Then it is taken.
  bool take(std::string_view literal);
  /// This must be next.
  void expect(std::string_view literal);
  /// A decimal number in least..most, without sign and without zeros before it.
  /// @returns it, or `least` if there is no such number.
  std::uint64_t number(std::uint64_t least, std::uint64_t most);
  /// One of these words, as far as letters, digits and _ go. @returns its index, or 0 if it is
  /// none.
  std::size_t word(std::span<const std::string_view> words);
  std::size_t word(std::initializer_list<std::string_view> words) {
    return word(std::span(words.begin(), words.size()));
  }
  /// Refuses what was read so far for a reason that grammar does not know.
  void fail(std::string reason);

  bool ok() const { return error_.empty(); }
  bool at_end() const { return position_ == text_.size(); }
  /// The value if all of the text was read and was right, else the error: "expected 'add', 'del' or
  /// 'read' at column 17, found 'ad x0'".
  template <class T>
  traces::Result<T> finish(T value) {
    if (ok() && !at_end()) expected("the end");
    if (ok()) return value;
    return traces::Error{error_};
  }

 private:
  void expected(std::string_view what);

  std::string_view text_;
  std::size_t position_ = 0;
  std::string error_;
};

}  // namespace heddle::scenarios
