#include "scenarios/cli/exit_code.hpp"

#include <algorithm>
#include <array>

namespace heddle::cli {

ExitCode worse(ExitCode a, ExitCode b) {
  constexpr std::array by_severity = {ExitCode::as_expected,      ExitCode::inconclusive,
                                      ExitCode::finding,          ExitCode::nondeterminism,
                                      ExitCode::nothing_selected, ExitCode::bad_input,
                                      ExitCode::interrupted,      ExitCode::our_bug};
  const auto rank = [&](ExitCode code) {
    return std::find(by_severity.begin(), by_severity.end(), code);
  };
  return rank(a) < rank(b) ? b : a;
}

}  // namespace heddle::cli
