#include "sim/fiber/stack.hpp"

#include <sys/mman.h>

#include "sim/core/check.hpp"
#include "sim/fiber/annotate.hpp"

namespace heddle::sim {
StackPool::StackPool(std::uintptr_t begin, std::size_t stride, std::size_t count)
    : begin_(begin), stride_(stride), count_(count) {
  HEDDLE_CHECK(begin % page_bytes == 0 && stride % page_bytes == 0, "stacks lie on page borders");
  HEDDLE_CHECK(stride > 2 * page_bytes, "a stack has room beside its guard page");
  for (std::size_t i = 0; i < count; ++i) {
    void* guard = reinterpret_cast<void*>(begin + i * stride);
    HEDDLE_CHECK(mprotect(guard, page_bytes, PROT_NONE) == 0,
                 "the system protects guard pages (see vm.max_map_count)");
    annotate::register_stack(begin + i * stride + page_bytes, begin + (i + 1) * stride);
  }
}

bool StackPool::is_guard(std::uintptr_t address) const {
  return address - begin_ < count_ * stride_ && (address - begin_) % stride_ < page_bytes;
}

}  // namespace heddle::sim
