// The files that an invocation names: each is one thing alone, or what is written last would be all
// that is left.
#pragma once

#include <string>
#include <vector>

namespace heddle::cli {

/// A file to read or write, and what names it: an option, or "the trace".
struct NamedFile {
  std::string name;
  std::string path;  ///< "" and "-" are none
};

/// Links are followed. Devices and pipes may be named as often as wanted.
/// @throws InputError if two are the same file.
void check_apart(const std::vector<NamedFile>& files);

}  // namespace heddle::cli
