// A loadable module's image: its constants, gone when it is unloaded.
#pragma once

#include <cstddef>

namespace heddle::sim::kernel {

/// The memory that a module was loaded into; `bytes` of read-only data begin at data().
class module_image {
 public:
  /// Loads `bytes` of constants from `constants`.
  static module_image* load(const char* name, const void* constants, std::size_t bytes);
  /// Unloads: who uses the constants from now on uses freed memory.
  static void unload(module_image* image);

  const char* data() const { return reinterpret_cast<const char*>(this); }
};

}  // namespace heddle::sim::kernel
