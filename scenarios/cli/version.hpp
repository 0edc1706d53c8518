// Which heddle this is.
#pragma once

#include <cstdint>
#include <string>

namespace heddle::cli {

/// Version, compiler and trace format, one a line.
std::string version_text();

/// Equal for two processes that run the same bytes of heddle and of the libraries it uses.
std::uint64_t build_identity();

}  // namespace heddle::cli
