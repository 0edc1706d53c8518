// SIGINT and SIGTERM: the first asks for an end with a report, the second ends the process at once.
#pragma once

#include <csignal>

namespace heddle::cli {

/// From now on, the first SIGINT or SIGTERM sets the flag. Called once.
/// @returns the flag: not 0 when the process was asked to end.
const volatile std::sig_atomic_t* watch_for_interrupts();

}  // namespace heddle::cli
