// What is wrong with something from outside: an option, a name, a file. Thrown by the command line
// only, caught in main, which prints the sentence on stderr and exits with the code.
#pragma once

#include <stdexcept>
#include <string>

#include "scenarios/cli/exit_code.hpp"

namespace heddle::cli {

class InputError : public std::runtime_error {
 public:
  /// @param sentence  what is wrong, where, and what to do about it; no newline, no full stop.
  explicit InputError(const std::string& sentence, ExitCode code = ExitCode::bad_input)
      : std::runtime_error(sentence), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace heddle::cli
