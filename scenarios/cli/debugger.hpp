// Replays for a debugger: gdb is started on a heddle that replays a trace in its own process, and
// stops where heddle calls a function that does nothing (scenarios/cli/heddle_commands.py).
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/cli/exit_code.hpp"

namespace heddle::cli {

/// Becomes gdb. Does not return. @throws InputError if there is no gdb, or no file of commands.
[[noreturn]] void replay_in_gdb(const std::string& trace, std::uint64_t until);

/// In this process; heddle_before_step() is called before step `until`, and before each that
/// follows.
ExitCode replay_here(const std::string& trace, std::uint64_t until);

}  // namespace heddle::cli
