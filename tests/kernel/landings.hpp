// Where an interrupt i lands around "(ab)c", a task that takes a and b with something turned off.
#pragma once

#include "tests/support/every_schedule.hpp"

namespace heddle::sim::kernel {

inline const tests::Orders anywhere = {"abc", "iabc", "aibc", "abic"};
inline const tests::Orders outside = {"abc", "iabc", "abic"};

}  // namespace heddle::sim::kernel
