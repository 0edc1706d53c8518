#include "traces/columns.hpp"

#include <algorithm>
#include <cctype>

namespace heddle::traces {

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string padded(std::string text, std::size_t columns) {
  const std::size_t used = width(text);
  if (used < columns) text.append(columns - used, ' ');
  return text;
}

std::string upper(std::string_view word) {
  std::string text;
  for (const char c : word)
    text += c == '_' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string clipped(std::string_view text, std::size_t columns, const Fit& fit) {
  std::string result;
  std::size_t used = 0;
  const bool fits = width(text) <= columns;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool continues = (byte & 0xC0) == 0x80;
    if (fit.ascii && byte >= 0x80) {
      if (continues) continue;
    }
    if (!continues && !fits && used + 1 >= columns) break;
    if (!continues) ++used;
    result += byte < ' ' || byte == 0x7F || (fit.ascii && byte >= 0x80) ? '?' : c;
  }
  if (!fits && columns != 0) result += fit.cut;
  return result;
}

std::string shortened(std::string_view text, std::size_t columns, const Fit& fit) {
  const std::size_t tail = text.find_last_of("#+.");
  const bool is_cut = width(text) > columns;
  if (!is_cut || tail == text.npos || 3 * (text.size() - tail) > 2 * columns)
    return clipped(text, columns, fit);
  const std::string_view end = text.substr(tail);
  return clipped(text.substr(0, tail), columns - end.size(), fit) + clipped(end, end.size(), fit);
}

std::string rule(std::size_t columns, const Fit& fit) {
  std::string text;
  for (std::size_t i = 0; i < columns; ++i) text += fit.rule;
  return text;
}

std::string line_of(std::string text) {
  while (text.ends_with(' ')) text.pop_back();
  return text + '\n';
}

std::string wrapped(std::string first, std::string_view text, std::size_t columns,
                    std::size_t indent, const Fit& fit) {
  std::string lines;
  std::string current = std::move(first);
  bool is_fresh = true;  // nothing of the text stands on the line yet
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string word = clipped(text.substr(0, end), columns - indent, fit);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!is_fresh && width(current) + 1 + width(word) > columns) {
      lines += line_of(std::move(current));
      current.assign(indent, ' ');
      is_fresh = true;
    }
    if (!is_fresh) current += ' ';
    current += word;
    is_fresh = false;
  }
  return lines + line_of(std::move(current));
}

}  // namespace heddle::traces
