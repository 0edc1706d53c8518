// The verbs. Each does its work, prints its results and says how it ended; what is wrong with the
// outside world is thrown as InputError.
#pragma once

#include "scenarios/cli/arguments.hpp"
#include "scenarios/cli/exit_code.hpp"

namespace heddle::cli {

ExitCode perform(const Answer& answer);
ExitCode perform(const ListOptions& options);
ExitCode perform(const RunOptions& options);
ExitCode perform(const VerifyOptions& options);
ExitCode perform(const ReplayOptions& options);
ExitCode perform(const MinimiseOptions& options);
ExitCode perform(const DiffOptions& options);
ExitCode perform(const CorpusOptions& options);
ExitCode perform(const ShowOptions& options);
ExitCode perform(const MatrixOptions& options);
ExitCode perform(const DeterminismOptions& options);
ExitCode perform(const MergeOptions& options);

}  // namespace heddle::cli
