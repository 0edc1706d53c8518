// heddle check-determinism: each scenario's executions are made twice, in two processes, and every
// event compared. The lines on stdout are equal for all builds of the same sources, so that two
// builds can be compared with diff.
#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/registry/runner.hpp"

namespace heddle::cli {
namespace {

using scenarios::DeterminismResult;
using scenarios::Runner;
using scenarios::RunRequest;
using scenarios::Scenario;

/// The posted variant: the more goes wrong, the more there is to differ.
RunRequest request_for(const Scenario& scenario, std::uint64_t seed, sim::Interleave interleave) {
  const AppliedVariant applied = apply(VariantOption{}, scenario);
  RunRequest request;
  request.variant = {&scenario, applied.defects, applied.name, interleave, ""};
  request.seed = seed;
  return request;
}

/// @returns false if the scenario is not deterministic.
bool check(Runner& runner, const Scenario& scenario, const DeterminismOptions& options,
           Results& results) {
  // Which plain accesses the compiler leaves in the code is up to it: `sync` has the same steps in
  // every build, and its fingerprint is printed; the scenario's own is compared with itself.
  const RunRequest comparable = request_for(scenario, options.seed, sim::Interleave::sync);
  DeterminismResult result = runner.check_determinism(comparable, options.executions);
  const std::uint64_t fingerprint = result.fingerprint;
  if (result.deterministic && scenario.machine.interleave != sim::Interleave::sync) {
    const RunRequest own = request_for(scenario, options.seed, scenario.machine.interleave);
    result = runner.check_determinism(own, options.executions);
  }
  if (result.deterministic)
    results.print("{} {:016x}\n", scenario.name, fingerprint);
  else
    results.print("{} NONDETERMINISTIC\n  {}\n", scenario.name,
                  hang(printable_lines(result.difference), text_columns(), 2));
  return result.deterministic;
}

}  // namespace

ExitCode perform(const DeterminismOptions& options) {
  const std::vector<const Scenario*> selection = select(options.filters);
  Results results;
  Progress progress(false);
  Runner runner;
  const volatile std::sig_atomic_t* stop = watch_for_interrupts();
  ExitCode code = ExitCode::as_expected;
  for (std::size_t i = 0; i < selection.size() && *stop == 0; ++i) {
    if (progress.is_due())
      progress.show(fmt::format("[{}/{}] {}", i + 1, selection.size(), selection[i]->name));
    progress.clear();
    if (!check(runner, *selection[i], options, results))
      code = worse(code, ExitCode::nondeterminism);
  }
  return *stop == 0 ? code : worse(code, ExitCode::interrupted);
}

}  // namespace heddle::cli
