#include "sim/fiber/annotate.hpp"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else  // nothing to tell it, then
#define VALGRIND_STACK_REGISTER(begin, end) ((begin) < (end))
#endif

#ifdef HEDDLE_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace heddle::sim::annotate {

void register_stack(std::uintptr_t begin, std::uintptr_t end) {
  (void)VALGRIND_STACK_REGISTER(begin, end);
}

#ifdef HEDDLE_ASAN

void reuse(State& state, Stack stack) {
  state.bottom = static_cast<char*>(stack.top) - stack.size;
  state.size = stack.size;
  state.fake_stack = nullptr;
  __asan_unpoison_memory_region(state.bottom, state.size);
}

void leave(State& from, State& to) {
  __sanitizer_start_switch_fiber(&from.fake_stack, to.bottom, to.size);
}

void arrive(State& here, State& origin) {
  const void* bottom = nullptr;
  std::size_t size = 0;
  __sanitizer_finish_switch_fiber(here.fake_stack, &bottom, &size);
  if (origin.bottom == nullptr) {
    origin.bottom = bottom;
    origin.size = size;
  }
}

#endif

}  // namespace heddle::sim::annotate
