// What `heddle check-determinism` prints, without the command line: other compilers and
// optimisation levels build only what executes scenarios, and this (builds.sh).
#include <fmt/format.h>

#include "scenarios/registry/runner.hpp"

namespace heddle::scenarios {
namespace {

bool print_fingerprint(Runner& runner, const Scenario& scenario) {
  RunRequest request;
  request.variant = {&scenario, 0, "", sim::Interleave::sync, ""};
  if (scenario.model != nullptr) {
    request.variant.defects = scenario.model->posted();
    request.variant.name = "posted";
  }
  request.seed = 0x5eed;
  const DeterminismResult result = runner.check_determinism(request, 20);
  if (result.deterministic)
    fmt::print("{} {:016x}\n", scenario.name, result.fingerprint);
  else
    fmt::print("{} NONDETERMINISTIC\n  {}\n", scenario.name, result.difference);
  return result.deterministic;
}

int print_fingerprints() {
  Runner runner;
  bool all = true;
  for (const Scenario& scenario : all_scenarios()) all = print_fingerprint(runner, scenario) && all;
  return all ? 0 : 1;
}

}  // namespace
}  // namespace heddle::scenarios

int main() { return heddle::scenarios::print_fingerprints(); }
