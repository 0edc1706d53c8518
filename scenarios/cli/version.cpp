#include "scenarios/cli/version.hpp"

#include <fmt/format.h>

#include "traces/format.hpp"

namespace heddle::cli {

std::string version_text() {
#ifdef __clang__
  constexpr const char* compiler = "clang " __clang_version__;
#else
  constexpr const char* compiler = "g++ " __VERSION__;
#endif
#ifdef __OPTIMIZE__
  constexpr const char* optimised = "optimised";
#else
  constexpr const char* optimised = "not optimised";
#endif
  return fmt::format("heddle {}\ncompiler: {}, {}\ntrace format: {}\n", HEDDLE_VERSION, compiler,
                     optimised, traces::format_version);
}

}  // namespace heddle::cli
