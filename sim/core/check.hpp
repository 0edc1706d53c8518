// HEDDLE_CHECK: an invariant of heddle itself. It is on in every build; a failure is our bug, never
// a finding about the code under test, and ends the process with exit code 70.
#pragma once

#include <source_location>

namespace heddle::sim {

/// Prints the broken invariant, where it stands and what was running, and exits with code 70.
/// @param sentence  what must hold, as a sentence; shown as is.
[[noreturn, gnu::cold]] void check_failed(const char* condition, const char* sentence,
                                          std::source_location where);

/// The system does not give what heddle cannot do without. Prints that, with the system's reason
/// (errno), and exits with code 2.
/// @param sentence  what is missing and what to do about it.
[[noreturn, gnu::cold]] void refused_by_system(const char* sentence);

/// What check_failed prints besides the invariant; called in a failing process, so it must not
/// throw. The machine sets it while an execution runs. nullptr: nothing more is printed.
using CheckContext = void (*)();
void set_check_context(CheckContext context);

inline constexpr int exit_our_bug = 70;

}  // namespace heddle::sim

#define HEDDLE_CHECK(condition, sentence)                                                 \
  do {                                                                                    \
    if (!(condition)) [[unlikely]]                                                        \
      ::heddle::sim::check_failed(#condition, sentence, std::source_location::current()); \
  } while (false)
