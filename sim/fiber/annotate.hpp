// What the tools that watch memory must be told about fibers. Empty in ordinary builds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/fiber/stack.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define HEDDLE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEDDLE_ASAN 1
#endif
#endif

#ifdef HEDDLE_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace heddle::sim::annotate {

/// Tells valgrind that [begin, end) is a stack of its own.
void register_stack(std::uintptr_t begin, std::uintptr_t end);

/// Of one fiber. The same in sanitized and other code: instrumented code is never sanitized, but must
/// agree with the engine on how large a fiber is.
struct State {
  const void* bottom = nullptr;
  std::size_t size = 0;
  void* fake_stack = nullptr;
};

#ifdef HEDDLE_ASAN

inline void reuse(State& state, Stack stack) {
  state.bottom = static_cast<char*>(stack.top) - stack.size;
  state.size = stack.size;
  state.fake_stack = nullptr;
  __asan_unpoison_memory_region(state.bottom, state.size);
}
inline void leave(State& from, State& to) {
  __sanitizer_start_switch_fiber(&from.fake_stack, to.bottom, to.size);
}
/// The first arrival from the thread's own stack tells where that one lies.
inline void arrive(State& here, State& origin) {
  const void* bottom = nullptr;
  std::size_t size = 0;
  __sanitizer_finish_switch_fiber(here.fake_stack, &bottom, &size);
  if (origin.bottom == nullptr) {
    origin.bottom = bottom;
    origin.size = size;
  }
}

#else

inline void reuse(State&, Stack) {}
[[gnu::always_inline]] inline void leave(State&, State&) {}
[[gnu::always_inline]] inline void arrive(State&, State&) {}

#endif

}  // namespace heddle::sim::annotate
