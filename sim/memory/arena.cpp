#include "sim/memory/arena.hpp"

#include <cerrno>

#include <sys/mman.h>

#include "sim/core/check.hpp"

namespace heddle::sim {

Arena::Arena() {
  void* wanted = reinterpret_cast<void*>(arena_layout::base);
  void* got = mmap(wanted, arena_layout::total_bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (got == wanted) return;
  if (errno == ENOMEM)
    refused_by_system("too little address space for the arena; let `ulimit -v` leave 18 GiB");
  HEDDLE_CHECK(false, "the arena's addresses are free: one world at a time in a process");
}

Arena::~Arena() { munmap(reinterpret_cast<void*>(arena_layout::base), arena_layout::total_bytes); }

}  // namespace heddle::sim
