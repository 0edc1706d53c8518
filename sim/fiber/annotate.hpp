// What the tools that watch memory must be told about fibers. Empty in ordinary builds; HEDDLE_ASAN
// is defined for all of heddle where some of it is built with AddressSanitizer.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/fiber/stack.hpp"

namespace heddle::sim::annotate {

/// Tells valgrind that [begin, end) is a stack of its own.
void register_stack(std::uintptr_t begin, std::uintptr_t end);

/// Of one fiber.
struct State {
  const void* bottom = nullptr;
  std::size_t size = 0;
  void* fake_stack = nullptr;
};

// Functions of the library, as switching is inlined into code that is not sanitized, too.
#ifdef HEDDLE_ASAN
void reuse(State& state, Stack stack);
void leave(State& from, State& to);
/// The first arrival from the thread's own stack tells where that one lies.
void arrive(State& here, State& origin);
#else
inline void reuse(State&, Stack) {}
[[gnu::always_inline]] inline void leave(State&, State&) {}
[[gnu::always_inline]] inline void arrive(State&, State&) {}
#endif

}  // namespace heddle::sim::annotate
