#include "heddle/explore.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "scenarios/cli/entry.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/registry/variant.hpp"

namespace heddle {
namespace {

using scenarios::MinimiseResult;
using scenarios::Runner;
using scenarios::RunRequest;

constexpr std::uint64_t minimising_attempts = 2'000;

Runner& runner() {
  static Runner instance;
  return instance;
}

/// The program that replays: this one if its main() can, else the command line.
std::string& replaying_program() {
  static std::string program = "heddle";
  return program;
}

/// Fills in the request. @returns what is wrong with it, or "".
std::string prepare(RunRequest& request, std::string_view scenario, std::string workload,
                    const ExploreOptions& options) {
  request.variant.scenario = scenarios::find_scenario(scenario);
  if (request.variant.scenario == nullptr) return fmt::format("there is no scenario {}", scenario);
  const auto defects = scenarios::defects_of(*request.variant.scenario, options.variant);
  if (!defects) return fmt::format("{} has no variant {}", scenario, options.variant);
  request.variant.defects = *defects;
  request.variant.name = options.variant;
  request.variant.workload = std::move(workload);
  if (!request.variant.workload.empty())
    if (auto problem =
            scenarios::problem_with_workload(*request.variant.scenario, request.variant.workload))
      return *std::move(problem);
  request.strategy = options.strategy;
  request.parameter = options.parameter;
  request.executions = options.executions;
  request.preemptions = options.preemptions;
  request.seed = options.seed;
  request.jobs = options.jobs;
  return {};
}

void minimise_and_write(Exploration& exploration, const ExploreOptions& options) {
  for (sim::Found& found : exploration.result.campaign.findings) {
    exploration.traces.emplace_back();
    if (found.report.trace.empty()) continue;
    MinimiseResult smaller =
        runner().minimise(found.report.trace, {.attempts_max = minimising_attempts});
    if (smaller.kind == MinimiseResult::Kind::minimised && smaller.after < smaller.before)
      found.report = std::move(smaller.report);
    if (options.trace_folder.empty()) continue;
    const std::filesystem::path path = std::filesystem::path(options.trace_folder) /
                                       exploration.scenario / (found.report.fingerprint + ".trace");
    try {
      cli::write_file(path, found.report.trace);
      exploration.traces.back() = path.lexically_normal().string();
    } catch (const cli::InputError& error) {
      if (exploration.problem.empty()) exploration.problem = error.what();
    }
  }
}

}  // namespace

bool Exploration::found(sim::FindingKind kind) const {
  return std::any_of(result.campaign.findings.begin(), result.campaign.findings.end(),
                     [kind](const sim::Found& found) { return found.report.kind == kind; });
}

std::string Exploration::text() const {
  std::string text = fmt::format(
      "{}: {}", scenario, result.verdict_text.empty() ? "not explored" : result.verdict_text);
  if (!problem.empty()) text += "\n  " + problem;
  if (!workload.empty()) text += "\n  workload: " + workload;
  std::string command;
  for (std::size_t i = 0; i < result.campaign.findings.size(); ++i) {
    const sim::Report& report = result.campaign.findings[i].report;
    text += fmt::format("\n  {}: {}", sim::word(report.kind), report.message);
    if (i < result.found_under.size())
      text += "\n  under workload: " + result.found_under[i].workload;
    if (i >= traces.size() || traces[i].empty()) continue;
    text += "\n  trace: " + traces[i];
    if (command.empty())
      command = fmt::format("{} replay {}", cli::shell_word(replaying_program()),
                            cli::shell_word(traces[i]));
  }
  if (!command.empty()) text += "\nreplay: " + command;
  return text;
}

Exploration explore(std::string_view scenario, const ExploreOptions& options) {
  return explore_workload(scenario, "", options);
}

Exploration explore_workload(std::string_view scenario, std::string workload,
                             const ExploreOptions& options) {
  Exploration exploration;
  exploration.scenario = scenario;
  exploration.workload = workload;
  RunRequest request;
  exploration.problem = prepare(request, scenario, std::move(workload), options);
  if (!exploration.problem.empty()) return exploration;
  exploration.result = runner().run(request);
  minimise_and_write(exploration, options);
  return exploration;
}

std::optional<int> perform_verb(int count, char** arguments) {
  replaying_program() = arguments[0];
  if (count < 2 || arguments[1][0] == '-') return std::nullopt;
  return cli::run(count, arguments);
}

}  // namespace heddle
