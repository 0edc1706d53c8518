// The trace file: text, one fact a line, checksummed. docs/trace-format.md describes it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "traces/result.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

inline constexpr unsigned format_version = 1;

/// What a reader accepts at most, so that a hostile file costs bounded time and memory.
namespace limits {
inline constexpr std::size_t file_bytes_max = std::size_t{64} << 20;
inline constexpr std::size_t line_bytes_max = std::size_t{64} << 10;
inline constexpr std::size_t choices_max = 1'000'000;
inline constexpr std::size_t names_bytes_max = std::size_t{128} << 20;  ///< of all choices together
inline constexpr std::size_t repeated_lines_max = 10'000;  ///< of workload, parameter, racy: each
}  // namespace limits

/// The trace as the bytes of a file; equal traces give equal bytes. `rendering` (the lanes) is put
/// in as comment lines, which a reader skips and the checksum leaves out.
/// @pre at most limits::choices_max choices.  Cost O(size).
std::string to_text(const Trace& trace, std::string_view rendering = {});

/// The inverse. `name` stands in errors: a file's name. An error names the line.
Result<Trace> from_text(std::string_view text, std::string_view name);

/// Reads a file in pieces and stops at the first line that is wrong.
Result<Trace> read_file(const std::string& path);

/// Writes the file under another name first and renames it, so that it is never there in part.
/// @returns what went wrong, or nothing.
std::optional<Error> write_file(const Trace& trace, std::string_view rendering,
                                const std::string& path);

}  // namespace heddle::traces
