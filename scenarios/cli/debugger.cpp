#include "scenarios/cli/debugger.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "scenarios/registry/runner.hpp"
#include "sim/machine/machine.hpp"

/// Where debuggers stop. `next` is about to take a step.
extern "C" [[gnu::noinline, gnu::visibility("default")]] void heddle_before_step(
    const heddle::sim::Machine* machine, unsigned next) {
  asm volatile("" : : "r"(machine), "r"(next) : "memory");
}

namespace heddle::cli {
namespace {
bool was_reached = false;

/// gdb's commands, in share/heddle of where this library is installed or built: above its folder,
/// or above the one of its architecture. "" if they are in neither.
std::filesystem::path find_commands() {
  Dl_info here{};
  if (dladdr(reinterpret_cast<const void*>(&heddle_before_step), &here) == 0) return {};
  std::error_code error;
  std::filesystem::path folder = std::filesystem::canonical(here.dli_fname, error).parent_path();
  for (int i = 0; !error && i < 2; ++i) {
    folder = folder.parent_path();
    const std::filesystem::path commands = folder / "share" / "heddle" / "heddle_commands.py";
    if (std::filesystem::exists(commands, error)) return commands;
  }
  return {};
}

}  // namespace

void replay_in_gdb(const std::string& trace, std::uint64_t until) {
  read_trace_text(trace);  // what is wrong with the file is told here, not by gdb
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path commands = find_commands();
  if (error || commands.empty())
    throw InputError(
        "gdb's commands, share/heddle/heddle_commands.py, are not beside heddle's libraries; build "
        "or install heddle again");
  const std::string step = std::to_string(until);
  const char* const arguments[] = {
      "gdb",     "--quiet",    "--command",  commands.c_str(), "--eval-command",
      "run",     "--args",     self.c_str(), "replay",         trace.c_str(),
      "--until", step.c_str(), "--here",     nullptr};
  execvp(arguments[0], const_cast<char* const*>(arguments));
  throw InputError(
      fmt::format("cannot start gdb: {}; `apt-get install gdb`, or use --here with "
                  "another debugger and stop it in heddle_before_step",
                  std::strerror(errno)));
}

ExitCode replay_here(const std::string& trace, std::uint64_t until) {
  const std::string text = read_trace_text(trace);
  was_reached = false;
  scenarios::Runner runner;
  const std::string problem =
      runner.replay_here(text, until, [](const sim::Machine& machine, sim::ContextId next) {
        was_reached = true;
        heddle_before_step(&machine, next.value);
      });
  if (!problem.empty()) throw InputError(fmt::format("'{}': {}", trace, problem));
  Results().print("the execution is over{}\n",
                  was_reached ? "" : fmt::format(" before step {}", until));
  return ExitCode::as_expected;
}

}  // namespace heddle::cli
