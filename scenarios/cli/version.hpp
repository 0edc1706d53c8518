// Which heddle this is.
#pragma once

#include <string>

namespace heddle::cli {

/// Version, compiler and trace format, one a line.
std::string version_text();

}  // namespace heddle::cli
