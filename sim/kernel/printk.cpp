#include "sim/kernel/printk.hpp"

#include <cstdarg>

#include "sim/core/call_place.hpp"
#include "sim/kernel/format.hpp"

namespace heddle::sim::kernel {

void printk(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  format_text(nullptr, 0, format, arguments, HEDDLE_CALL_PLACE);
  va_end(arguments);
}

}  // namespace heddle::sim::kernel
