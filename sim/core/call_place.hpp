// Where in the code under test a function of the world or of the kernel vocabulary was called.
#pragma once

#include <cstdint>

#include "sim/core/object.hpp"

// Evaluates to the place that the enclosing (not inlined) function returns to.
#define HEDDLE_CALL_PLACE \
  ::heddle::sim::Place { reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)) }
