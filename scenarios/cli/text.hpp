// Small pieces of text that several commands print.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heddle::cli {

/// 1234567 as "1,234,567".
std::string with_commas(std::uint64_t number);
/// "1 finding", "2 findings".
std::string counted(std::uint64_t number, std::string_view singular, std::string_view plural);
/// How many columns UTF-8 text takes; every code point counts as one.
std::size_t width(std::string_view text);
/// The text with its ASCII letters in upper case.
std::string upper(std::string_view text);
/// A seed as it is always printed: "0x5eed".
std::string seed_text(std::uint64_t seed);
/// The text as one word for a shell: quoted if it has characters that a shell would read.
std::string shell_word(std::string_view text);
/// The running program as a command repeats it: "heddle", or what a program of other scenarios was
/// called by.
const std::string& program_word();
void set_program(std::string_view called_by);
/// Text from outside, safe for a terminal: control characters are shown as \xNN.
std::string printable(std::string_view text);
/// The same, but newlines stay.
std::string printable_lines(std::string_view text);
/// Breaks at spaces so that no line is wider than `columns`, when each line but the first, which
/// has begun already, is indented by `indent`. Lines of the text are broken each on its own.
std::string hang(std::string_view text, std::size_t columns, std::size_t indent);

/// Lines whose columns are as wide as their widest cell; columns are two spaces apart.
/// A row may have a note, which stands below it, indented.
class Table {
 public:
  /// @param right  columns that are aligned to the right (numbers), by index.
  explicit Table(std::vector<std::string> heads, std::vector<std::size_t> right = {});
  void add(std::vector<std::string> cells, std::string note = "");
  /// Ends with a newline. The last column is broken at spaces to stay within `columns`, as long as
  /// that leaves it 20 at least.
  std::string text(std::size_t columns) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::string note;
  };
  std::vector<Row> rows_;
  std::vector<bool> right_;
};

}  // namespace heddle::cli
