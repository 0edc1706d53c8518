// The command line as a function.
#pragma once

namespace heddle::cli {

/// Turns arguments into a request, performs it, and turns whatever went wrong outside into one
/// sentence on stderr. @returns the exit code.
int run(int count, const char* const* arguments);

}  // namespace heddle::cli
