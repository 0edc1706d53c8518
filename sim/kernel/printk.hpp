// The kernel's log.
#pragma once

namespace heddle::sim::kernel {

/// Nothing is kept: what is modelled is that the format and the strings among the arguments are
/// read. See format_text() for the conversions.
[[gnu::format(printf, 1, 2)]] void printk(const char* format, ...);

}  // namespace heddle::sim::kernel
