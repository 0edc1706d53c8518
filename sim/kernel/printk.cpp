#include "sim/kernel/printk.hpp"

namespace heddle::sim::kernel {

void printk(const char*, ...) {}

}  // namespace heddle::sim::kernel
