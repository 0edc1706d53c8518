#include "sim/fiber/stack.hpp"

#include <sys/mman.h>

#include "sim/core/check.hpp"
#include "sim/fiber/annotate.hpp"

namespace heddle::sim {
namespace {
constexpr std::size_t page_bytes = 4096;
// Equal offsets from a page's start share the sets of the first-level cache: shift the tops apart.
constexpr std::size_t colour_bytes = 320;
constexpr std::size_t colours = 8;
static_assert(colour_bytes % 64 == 0, "a stack's top stays aligned to a cache line");
}  // namespace

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

Stack StackPool::at(std::size_t index) const {
  const std::size_t colour = (index % colours) * colour_bytes;
  return Stack{reinterpret_cast<void*>(begin_ + (index + 1) * stride_ - colour),
               stride_ - page_bytes - colour};
}

bool StackPool::is_guard(std::uintptr_t address) const {
  return address - begin_ < count_ * stride_ && (address - begin_) % stride_ < page_bytes;
}

}  // namespace heddle::sim
