// Text in columns of a terminal: a character is a column, however many bytes it has. What lanes and
// schedules side by side are drawn with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heddle::traces {

/// In columns.
std::size_t width(std::string_view text);

/// With blanks behind it, up to `columns`; longer text stays as it is.
std::string padded(std::string text, std::size_t columns);

/// "USE AFTER FREE" of "use_after_free".
std::string upper(std::string_view word);

/// How text is made to fit.
struct Fit {
  bool ascii = false;           ///< other characters become '?'
  std::string_view cut = "…";   ///< stands where something was cut off; a column wide
  std::string_view rule = "─";  ///< a column of a line across the page
};

/// At most `columns`; what is cut is marked. Control characters become '?'.
std::string clipped(std::string_view text, std::size_t columns, const Fit& fit);

/// The same, but a number or a member's name at the end stays, as it tells objects apart.
std::string shortened(std::string_view text, std::size_t columns, const Fit& fit);

/// A line across `columns`.
std::string rule(std::size_t columns, const Fit& fit);

/// Lines of at most `columns`, each with its end, broken at blanks; later lines begin with `indent`
/// blanks. `first` stands ahead of the text on the first line. No line has blanks at its end.
std::string wrapped(std::string first, std::string_view text, std::size_t columns,
                    std::size_t indent, const Fit& fit);

/// Without blanks at its end, with a newline.
std::string line_of(std::string text);

}  // namespace heddle::traces
