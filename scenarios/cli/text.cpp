#include "scenarios/cli/text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/core/check.hpp"

namespace heddle::cli {
namespace {

/// Breaks at spaces, so that no line is wider than `limit` unless a single word is.
std::vector<std::string> wrap(std::string_view text, std::size_t limit) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!line.empty() && width(line) + 1 + width(word) > limit) {
      lines.push_back(line);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  lines.push_back(line);
  return lines;
}

}  // namespace

std::string with_commas(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", with_commas(number), number == 1 ? singular : plural);
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

std::string seed_text(std::uint64_t seed) { return fmt::format("{:#x}", seed); }

std::string shell_word(std::string_view text) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./,:=+@%";
  if (!text.empty() && text.find_first_not_of(plain) == text.npos) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

namespace {
std::string& program() {
  static std::string word = "heddle";
  return word;
}
}  // namespace

const std::string& program_word() { return program(); }

void set_program(std::string_view called_by) {
  const std::string_view file = called_by.substr(called_by.rfind('/') + 1);
  program() = file == "heddle" ? "heddle" : shell_word(called_by);
}

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F)
      shown += fmt::format("\\x{:02X}", byte);
    else
      shown += c;
  }
  return shown;
}

std::string printable_lines(std::string_view text) {
  std::string shown;
  for (;;) {
    const std::size_t end = text.find('\n');
    shown += printable(text.substr(0, end));
    if (end == text.npos) return shown;
    shown += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string hang(std::string_view text, std::size_t columns, std::size_t indent) {
  const std::size_t room = columns > indent + 20 ? columns - indent : 20;
  std::string result;
  for (;;) {
    const std::size_t end = text.find('\n');
    for (const std::string& line : wrap(text.substr(0, end), room)) {
      if (!result.empty()) result += '\n' + std::string(indent, ' ');
      result += line;
    }
    if (end == text.npos) return result;
    text.remove_prefix(end + 1);
  }
}

Table::Table(std::vector<std::string> heads, std::vector<std::size_t> right)
    : right_(heads.size(), false) {
  for (const std::size_t column : right) right_.at(column) = true;
  rows_.push_back({std::move(heads), ""});
}

void Table::add(std::vector<std::string> cells, std::string note) {
  HEDDLE_CHECK(cells.size() == right_.size(), "a row has a cell for every column");
  rows_.push_back({std::move(cells), std::move(note)});
}

std::string Table::text(std::size_t columns) const {
  const std::size_t last = right_.size() - 1;
  std::vector<std::size_t> widths(right_.size(), 0);
  for (const auto& [row, note] : rows_)
    for (std::size_t i = 0; i <= last; ++i) widths[i] = std::max(widths[i], width(row[i]));
  std::size_t indent = 0;
  for (std::size_t i = 0; i < last; ++i) indent += widths[i] + 2;
  const std::size_t room = columns > indent + 20 ? columns - indent : 20;

  std::string result;
  for (const auto& [row, note] : rows_) {
    std::string line;
    for (std::size_t i = 0; i < last; ++i) {
      const std::string padding(widths[i] - width(row[i]), ' ');
      line += right_[i] ? padding + row[i] : row[i] + padding;
      line += "  ";
    }
    std::vector<std::string> tail = {row[last]};
    if (right_[last])
      tail[0].insert(0, widths[last] - width(row[last]), ' ');
    else
      tail = wrap(row[last], room);
    for (const std::string& part : tail) {
      line += part;
      line.erase(line.find_last_not_of(' ') + 1);
      result += line + "\n";
      line.assign(indent, ' ');
    }
    if (!note.empty()) result += "    " + hang(note, columns, 4) + "\n";
  }
  return result;
}

}  // namespace heddle::cli
