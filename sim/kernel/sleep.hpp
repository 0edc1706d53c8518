// What all functions of the vocabulary that may sleep have in common.
#pragma once

#include <cstdint>

#include "sim/core/object.hpp"

namespace heddle::sim {
class Machine;
}

namespace heddle::sim::kernel {

/// Tells the checkers that the code at `place` may sleep (EventKind::might_sleep with `flags`).
/// Where preemption is voluntary, others of this CPU may run now.
void may_sleep(Machine& machine, std::uint8_t flags, Place place);

}  // namespace heddle::sim::kernel
