#include "sim/machine/system_libraries.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>

#include <dlfcn.h>
#include <unwind.h>

namespace heddle::sim {
namespace {

const void* library_of(const void* address) {
  Dl_info info{};
  return dladdr(address, &info) != 0 ? info.dli_fbase : nullptr;
}

template <class Function>
const void* library_of_function(Function* function) {
  return library_of(reinterpret_cast<const void*>(function));
}

struct Search {
  const SystemLibraries& libraries;
  std::uintptr_t found = 0;
  int frames_left = 32;
};

_Unwind_Reason_Code look_at_frame(_Unwind_Context* frame, void* argument) {
  Search& search = *static_cast<Search*>(argument);
  int is_before_instruction = 0;
  std::uintptr_t pc = _Unwind_GetIPInfo(frame, &is_before_instruction);
  // Places are return addresses: the instruction that is meant ends there.
  if (is_before_instruction != 0) ++pc;
  if (pc != 0 && !search.libraries.contain(pc - 1)) {
    search.found = pc;
    return _URC_END_OF_STACK;
  }
  return --search.frames_left == 0 ? _URC_END_OF_STACK : _URC_NO_REASON;
}

}  // namespace

bool is_code(std::uintptr_t pc) { return library_of(reinterpret_cast<const void*>(pc)) != nullptr; }

SystemLibraries::SystemLibraries()
    : begins_{library_of_function(&is_code), library_of_function(&std::abort),
              library_of_function(&std::terminate), library_of_function(&_Unwind_Backtrace),
              library_of_function(&dladdr)} {}

bool SystemLibraries::contain(std::uintptr_t pc) const {
  const void* library = library_of(reinterpret_cast<const void*>(pc));
  return library == nullptr || std::find(begins_.begin(), begins_.end(), library) != begins_.end();
}

Place SystemLibraries::caller() const {
  Search search{.libraries = *this};
  _Unwind_Backtrace(&look_at_frame, &search);
  return Place{search.found};
}

}  // namespace heddle::sim
