// Copies between the kernel's memory and a process's. A process's memory is simulated memory too.
#pragma once

#include <cstddef>

namespace heddle::sim::kernel {

/// May sleep: a finding in atomic context. The checkers see both sides, and what was never written
/// stays so. @returns how many bytes were not copied: 0. (Not modelled: addresses that fault.)
std::size_t copy_to_user(void* to, const void* from, std::size_t size);
std::size_t copy_from_user(void* to, const void* from, std::size_t size);

}  // namespace heddle::sim::kernel
