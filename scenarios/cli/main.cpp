// The command line's entry: turns arguments into a request, performs it, and turns whatever went
// wrong outside into one sentence and an exit code.
#include <csignal>
#include <exception>
#include <new>
#include <variant>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/output.hpp"

namespace heddle::cli {

ExitCode perform(const Answer& answer) {
  Results().put(answer.text);
  return ExitCode::as_expected;
}

namespace {

ExitCode run(int count, const char* const* arguments) {
  try {
    const Request request = parse_arguments(count, arguments);
    return std::visit([](const auto& options) { return perform(options); }, request);
  } catch (const InputError& error) {
    complain(error.what());
    return error.code();
  } catch (const std::bad_alloc&) {
    complain("out of memory: ask for less (--jobs, --executions) or give the process more");
    return ExitCode::bad_input;
  } catch (const std::exception& error) {
    complain(fmt::format("internal error: {}; please report it", error.what()));
    return ExitCode::our_bug;
  }
}

}  // namespace
}  // namespace heddle::cli

int main(int count, char** arguments) {
  return static_cast<int>(heddle::cli::run(count, arguments));
}
