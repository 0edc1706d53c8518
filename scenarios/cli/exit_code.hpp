// What the process's exit code means; scripts and CI rely on these numbers (docs/cli.md).
#pragma once

namespace heddle::cli {

enum class ExitCode : int {
  as_expected = 0,
  finding = 1,           ///< a finding nobody expected, or an expected one that did not come
  bad_input = 2,         ///< an option, a name, a file or a place to write to
  inconclusive = 3,      ///< a limit was reached before anything could be said
  nothing_selected = 4,  ///< never green on zero scenarios
  nondeterminism = 5,    ///< the same choices led to different executions
  our_bug = 70,          ///< an invariant of heddle itself is broken (HEDDLE_CHECK)
  interrupted = 130      ///< SIGINT or SIGTERM; what was found so far is reported
};

/// The code of two parts of one command: the one that needs attention first.
ExitCode worse(ExitCode a, ExitCode b);

}  // namespace heddle::cli
