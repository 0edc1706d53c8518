#include "sim/fiber/annotate.hpp"

#include <valgrind/valgrind.h>

namespace heddle::sim::annotate {

void register_stack(std::uintptr_t begin, std::uintptr_t end) {
  (void)VALGRIND_STACK_REGISTER(begin, end);
}

}  // namespace heddle::sim::annotate
