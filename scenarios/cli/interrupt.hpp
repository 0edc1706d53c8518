// SIGINT and SIGTERM: the first asks for an end with a report; one that comes two seconds later or
// more ends the process at once. (A shell or `timeout` may send the same one twice.)
#pragma once

#include <csignal>

namespace heddle::cli {

/// From now on, the first SIGINT or SIGTERM sets the flag. Called once.
/// @returns the flag: not 0 when the process was asked to end.
const volatile std::sig_atomic_t* watch_for_interrupts();

}  // namespace heddle::cli
