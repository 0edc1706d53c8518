#include "traces/token.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace heddle::traces {
namespace {

constexpr std::string_view grammar_word = "of";  // ends an operation's object

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }

bool is_bare(char c) { return c > ' ' && c < 0x7F && c != '"' && c != '\\'; }

std::string escaped(std::string_view text, bool in_quotes) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || (in_quotes && c == '"')) {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if (is_control(c)) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// Takes the escape off the front of `rest`, whose first character is a backslash.
bool take_escape(std::string_view& rest, std::string& out) {
  if (rest.size() < 2) return false;
  const char kind = rest[1];
  if (kind == 'x') {
    if (rest.size() < 4 || digit(rest[2]) < 0 || digit(rest[3]) < 0) return false;
    out += static_cast<char>(digit(rest[2]) * 16 + digit(rest[3]));
    rest.remove_prefix(4);
    return true;
  }
  if (kind != '\\' && kind != '"' && kind != 'n') return false;
  out += kind == 'n' ? '\n' : kind;
  rest.remove_prefix(2);
  return true;
}

}  // namespace

std::string as_token(std::string_view name) {
  if (!name.empty() && name != grammar_word && std::all_of(name.begin(), name.end(), is_bare))
    return std::string(name);
  return '"' + escaped(name, true) + '"';
}

std::string as_text(std::string_view text) { return escaped(text, false); }

bool take_token(std::string_view& line, std::string& name) {
  name.clear();
  if (line.empty()) return false;
  if (line.front() != '"') {
    const std::size_t end = std::min(line.find(' '), line.size());
    name = line.substr(0, end);
    if (!std::all_of(name.begin(), name.end(), is_bare) || name.empty()) return false;
    line.remove_prefix(end);
  } else {
    line.remove_prefix(1);
    while (!line.empty() && line.front() != '"') {
      if (line.front() == '\\') {
        if (!take_escape(line, name)) return false;
        continue;
      }
      name += line.front();
      line.remove_prefix(1);
    }
    if (line.empty()) return false;
    line.remove_prefix(1);
  }
  if (line.empty()) return true;
  if (line.front() != ' ' || line.size() == 1) return false;
  line.remove_prefix(1);
  return true;
}

bool text_from(std::string_view rest, std::string& text) {
  text.clear();
  while (!rest.empty()) {
    if (rest.front() == '\\') {
      if (!take_escape(rest, text)) return false;
      continue;
    }
    text += rest.front();
    rest.remove_prefix(1);
  }
  return true;
}

}  // namespace heddle::traces
