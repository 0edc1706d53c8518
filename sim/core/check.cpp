#include "sim/core/check.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace heddle::sim {
namespace {
CheckContext check_context = nullptr;
}

void set_check_context(CheckContext context) { check_context = context; }

void check_failed(const char* condition, const char* sentence, std::source_location where) {
  std::fprintf(stderr,
               "heddle: internal error: %s\n  %s:%u: %s does not hold\n"
               "  this is a bug of heddle, not of the code under test; please report it\n",
               sentence, where.file_name(), static_cast<unsigned>(where.line()), condition);
  if (check_context != nullptr) check_context();
  std::fflush(stderr);
  std::_Exit(exit_our_bug);
}

void refused_by_system(const char* sentence) {
  std::fprintf(stderr, "heddle: %s: %s\n", sentence, std::strerror(errno));
  std::fflush(stderr);
  std::_Exit(2);
}

}  // namespace heddle::sim
