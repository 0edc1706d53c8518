// The files that an invocation names to be read: a trace, a suite, a report, a state to go on from.
#pragma once

#include <cstddef>
#include <string>

namespace heddle::cli {

struct InputFile {
  std::string text;
  std::string problem;  ///< why it cannot be read, in words; "" if it can
};

/// Reads a regular file; pipes and devices, which may never end, are refused. Of a larger file more
/// than `bytes_max` bytes come back, but not all.
InputFile read_file(const std::string& path, std::size_t bytes_max = ~std::size_t{0} >> 1);

}  // namespace heddle::cli
