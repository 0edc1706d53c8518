// The kernel's log.
#pragma once

namespace heddle::sim::kernel {

/// Nothing is kept: what is modelled is that the arguments are evaluated. Pass strings with their
/// length, as strlen() reads their bytes where the checkers see it.
[[gnu::format(printf, 1, 2)]] void printk(const char* format, ...);

}  // namespace heddle::sim::kernel
