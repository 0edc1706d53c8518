// What a trace file shows of itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heddle::cli {

/// The formats of `heddle show`.
const std::vector<std::string>& show_formats();

/// The lanes that a trace file carries as comment lines; "" if it carries none.
std::string stored_lanes(std::string_view trace_text);
/// The lanes without the rows of later steps, and a row that says so.
std::string lanes_until(std::string_view lanes, std::uint64_t step);

/// The lanes with a line ahead of the first row of this step or a later one.
std::string lanes_with_line(std::string_view lanes, std::uint64_t step, std::string_view line);

/// The whole file. @throws InputError if it cannot be read or is larger than a trace may be.
std::string read_trace_text(const std::string& path);

}  // namespace heddle::cli
