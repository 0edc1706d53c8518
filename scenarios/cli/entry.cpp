#include "scenarios/cli/entry.hpp"

#include <csignal>
#include <exception>
#include <new>
#include <variant>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {

ExitCode perform(const Answer& answer) {
  Results().put(answer.text);
  return ExitCode::as_expected;
}

int run(int count, const char* const* arguments) {
  const auto code = [](ExitCode exit_code) { return static_cast<int>(exit_code); };
  if (count > 0) set_program(arguments[0]);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that gets too large is one that cannot be written
  try {
    const Request request = parse_arguments(count, arguments);
    return code(std::visit([](const auto& options) { return perform(options); }, request));
  } catch (const InputError& error) {
    complain(error.what());
    return code(error.code());
  } catch (const std::bad_alloc&) {
    complain("out of memory: ask for less (--jobs, --executions) or give the process more");
    return code(ExitCode::bad_input);
  } catch (const std::exception& error) {
    complain(fmt::format("internal error: {}; please report it", error.what()));
    return code(ExitCode::our_bug);
  }
}

}  // namespace heddle::cli
