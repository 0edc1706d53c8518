// A loadable module: its constants, gone when it is unloaded, and the count of its users.
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

/// How far a module is, and who uses it. A user takes a reference before it calls into the module,
/// and gets none once the module goes. Zeroed memory is one that is being loaded.
struct kernel_module {
  enum State { coming, live, going };
  /// The state and, in units of `user`, how many references there are: one word, so that nobody
  /// takes a reference while the module is told to go.
  int state_and_users;
  static constexpr int user = 4;
};

/// @returns whether the module stays until module_put(); also while it is being loaded. A step.
bool try_module_get(kernel_module* module);
/// A finding if nobody has a reference. A step.
void module_put(kernel_module* module);
/// The module's init() has succeeded. A step.
void module_is_live(kernel_module* module);
/// Nobody gets a reference from now on. @returns 0, or -EBUSY: it has users, and nothing is changed
/// unless `forced`. A step.
int try_stop_module(kernel_module* module, bool forced = false);

}  // namespace heddle::sim::kernel
