#include "sim/explore/shared_memory.hpp"

#include <cstdint>
#include <new>

#include <sys/mman.h>

#include "sim/core/check.hpp"

namespace heddle::sim {

SharedMemory::SharedMemory(std::size_t bytes) : size_(bytes) {
  data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
               -1, 0);
  if (data_ == MAP_FAILED)
    refused_by_system("no memory that processes share; raise the limit of `ulimit -v`");
}

SharedMemory::~SharedMemory() { munmap(data_, size_); }

SharedResource& SharedResource::create_in(SharedMemory& memory) {
  char* const begin = static_cast<char*>(memory.data());
  return *new (begin) SharedResource(begin + sizeof(SharedResource), begin + memory.size());
}

void* SharedResource::do_allocate(std::size_t bytes, std::size_t alignment) {
  const auto at = reinterpret_cast<std::uintptr_t>(next_);
  char* const start = next_ + (alignment - at % alignment) % alignment;
  HEDDLE_CHECK(start <= end_ && bytes <= static_cast<std::size_t>(end_ - start),
               "a strategy fits into the memory set aside for it");
  next_ = start + bytes;
  return start;
}

}  // namespace heddle::sim
