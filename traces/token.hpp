// How names and texts stand in a trace file. A name is a token without blanks, or in double quotes;
// a text is the rest of its line. In both, a backslash begins \\, \", \n or \xNN.
#pragma once

#include <string>
#include <string_view>

namespace heddle::traces {

/// As a token: bare if it is printable ASCII without blanks, quotes or backslashes, not empty, and
/// not a word of the grammar; else quoted.
std::string as_token(std::string_view name);
/// As the rest of a line: control characters and backslashes escaped.
std::string as_text(std::string_view text);

/// Takes a token off the front of `line`, and the blank after it.
/// @returns false, with `line` in no particular state, if there is none or it is malformed.
bool take_token(std::string_view& line, std::string& name);
/// The inverse of as_text. @returns false for a malformed escape.
bool text_from(std::string_view escaped, std::string& text);

}  // namespace heddle::traces
