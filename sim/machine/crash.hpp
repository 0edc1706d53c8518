// Turns a crash of the code under test into a finding: a bad pointer, a division by zero, abort(),
// a stack that overflows, a loop that nothing is seen of. The execution ends, the process goes on.
//
// A signal's handler may not do much. So it only notes what happened, and has the interrupted
// context go on elsewhere: in a function that reports the finding and ends the execution, from the
// top of the context's stack, since what is on it is abandoned, as with every execution that is
// ended.
#pragma once

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>

#include "sim/core/object.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/system_libraries.hpp"

namespace heddle::sim {

/// While it lives, crash signals that the code under test raises in `machine`'s executions become
/// fatal findings of kind crash. Those that heddle itself raises keep their effect. At most one in
/// a process at a time; a forked child makes its own.
class CrashGuard {
 public:
  /// A loop that takes no step is ended after so much CPU time.
  static constexpr int loop_cpu_s_max = 3;

  explicit CrashGuard(Machine& machine);
  ~CrashGuard();
  CrashGuard(const CrashGuard&) = delete;
  CrashGuard& operator=(const CrashGuard&) = delete;

 private:
  static constexpr std::array<int, 6> signals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPROF};
  static constexpr std::size_t stack_bytes = std::size_t{256} << 10;

  /// What a handler notes for report().
  struct Fault {
    Place place;
    const char* verb = "";
    const char* detail = "";
    std::uint64_t number = 0;
  };

  static void on_crash(int signal, siginfo_t* info, void* interrupted);
  static void on_tick(int signal, siginfo_t* info, void* interrupted);
  [[noreturn]] static void on_terminate();
  [[noreturn]] static void report();

  bool concerns_us(int signal, std::uintptr_t address) const;
  void classify(int signal, const siginfo_t& info, const ucontext_t& interrupted);
  void classify_access(const siginfo_t& info, const ucontext_t& interrupted);
  Place place_of(const ucontext_t& interrupted) const;
  void continue_in_report(ucontext_t& interrupted);

  static CrashGuard* active_;

  Machine& machine_;
  Fault fault_;
  std::array<struct sigaction, signals.size()> before_{};
  stack_t stack_before_{};
  std::terminate_handler terminate_before_ = nullptr;
  std::unique_ptr<char[]> handler_stack_;  // signals arrive here, as the other may be used up
  SystemLibraries libraries_;

  // Of the last tick: has anything happened since?
  std::uint32_t tick_generation_ = 0;
  StepIndex tick_step_ = 0;
  int ticks_without_step_ = 0;
};

}  // namespace heddle::sim
