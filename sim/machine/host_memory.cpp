// Memory of the process that the code under test gets while it executes: a saved state does not
// have it, so there is none from there on (snapshot.cpp). Only that is noted here; as for the
// functions of escape.cpp, the definition that comes first is taken for everybody.
#ifndef HEDDLE_ASAN

#include <cstdlib>
#include <new>

#include "sim/memory/hooks.hpp"

void* operator new(std::size_t size) {
  if (heddle::sim::hooks.handler != nullptr) heddle::sim::hooks.left_the_arena = true;
  while (true) {
    if (void* const memory = std::malloc(size != 0 ? size : 1)) return memory;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

#endif
