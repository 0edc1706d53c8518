// Where the code under test stands when it is the engine or the system that runs: in the innermost
// frame that is neither's. By unwinding the stack, so only for when something was found.
#pragma once

#include <array>
#include <cstdint>

#include "sim/core/object.hpp"

namespace heddle::sim {

/// Is there code of a loaded file at the address?
bool is_code(std::uintptr_t pc);

/// heddle's engine, and the C and C++ libraries with what they are made of.
class SystemLibraries {
 public:
  SystemLibraries();

  /// Is the address within one of them, or in no file at all?
  bool contain(std::uintptr_t pc) const;
  /// The innermost frame of the running stack that is in none of them; {} if none of the innermost
  /// 32 is. May be called within a signal's handler.
  Place caller() const;

 private:
  std::array<const void*, 5> begins_;
};

}  // namespace heddle::sim
