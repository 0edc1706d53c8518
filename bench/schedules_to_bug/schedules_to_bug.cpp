// How many schedules each strategy needs to find each classic's bug: mean, median and worst of some
// seeds, and the steps of a schedule; beside what the papers publish. Prints a table, a row for
// each program and strategy; every number but the times is the same in every run.
//
//   heddle_schedules_to_bug [SEEDS [SCHEDULES [PART OF A PROGRAM'S NAME [STRATEGY…]]]]
#include <algorithm>
#include <chrono>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/strategy_option.hpp"
#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/scenario.hpp"
#include "scenarios/registry/strategy.hpp"
#include "sim/choice/choice.hpp"
#include "sim/explore/phases.hpp"

namespace heddle::bench {
namespace {

using scenarios::Rig;
using scenarios::Scenario;
using scenarios::StrategyKind;
using Measured = cli::StrategyOption;

const std::vector<Measured> all_measured = {
    {StrategyKind::random, {}}, {StrategyKind::sticky, {}}, {StrategyKind::pct, 3},
    {StrategyKind::pct, 10},    {StrategyKind::pos, {}},    {StrategyKind::urw, {}},
    {StrategyKind::surw, {}},   {StrategyKind::delay, {}},  {StrategyKind::portfolio, {}}};

/// Mean schedules to the bug as others give them, where the programs agree.
struct Published {
  std::string_view program;
  std::string_view strategy;
  std::string_view figure;
};
constexpr Published published[] = {
    {"classics/bluetooth", "pos", "36"},
    {"classics/bluetooth", "surw", "70"},
    {"classics/iwsq", "pct:3", "907"},
    {"classics/iwsq", "pct:10", "204"},
    {"classics/reorder_10", "pos", "not in 10,000"},
    {"classics/safestack", "pos", "about 800,000"},
    {"classics/safestack", "random", "about 1,900,000"},
};

std::string_view published_figure(std::string_view program, std::string_view strategy) {
  for (const Published& p : published)
    if (p.program == program && p.strategy == strategy) return p.figure;
  return "";
}

bool is_found(const Rig& rig, const Scenario& scenario) {
  const auto& findings = const_cast<Rig&>(rig).machine().findings();
  return std::all_of(scenario.always.begin(), scenario.always.end(), [&](sim::FindingKind kind) {
    return std::any_of(findings.begin(), findings.end(),
                       [kind](const sim::Finding& finding) { return finding.kind == kind; });
  });
}

struct Search {
  std::uint64_t schedules = 0;
  std::uint64_t steps = 0;
  bool found = false;
};

/// Executions 0, 1, … of one seed until the bug is found, with phases as a campaign has them.
Search search(Rig& rig, const Scenario& scenario, const Measured& measured, std::uint64_t seed,
              std::uint64_t schedules_max) {
  std::pmr::monotonic_buffer_resource memory;
  sim::Strategy& strategy =
      scenarios::build_sampler(measured.kind, measured.parameter, seed, memory);
  Search result;
  while (result.schedules < schedules_max && !result.found) {
    const std::uint64_t index = result.schedules++;
    if (index != 0 && sim::executions_known_at(index) == index) strategy.know(strategy.knowledge());
    strategy.end(rig.run(strategy.begin(index), {}));
    result.steps += rig.machine().steps();
    result.found = is_found(rig, scenario);
  }
  return result;
}

void tell(Rig& rig, const Scenario& scenario, const Measured& measured, std::uint64_t seeds,
          std::uint64_t schedules_max) {
  rig.set_up({.scenario = &scenario, .name = "", .interleave = {}}, scenario.machine);
  std::vector<std::uint64_t> needed;
  std::uint64_t schedules = 0;
  std::uint64_t steps = 0;
  std::uint64_t sum = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Search one = search(rig, scenario, measured, seed, schedules_max);
    schedules += one.schedules;
    steps += one.steps;
    if (!one.found) continue;
    needed.push_back(one.schedules);
    sum += one.schedules;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::sort(needed.begin(), needed.end());
  const std::string strategy = measured.text();
  const std::string found = fmt::format("{}/{}", needed.size(), seeds);
  const bool any = !needed.empty();
  fmt::print("{:<24} {:<10} {:>6} {:>9} {:>9} {:>9} {:>7.1f} {:>8.0f}  {}\n", scenario.name,
             strategy, found, any ? fmt::format("{}", sum / needed.size()) : "-",
             any ? fmt::format("{}", needed[needed.size() / 2]) : "-",
             any ? fmt::format("{}", needed.back()) : "-",
             static_cast<double>(steps) / static_cast<double>(schedules),
             static_cast<double>(schedules) / took.count(),
             published_figure(scenario.name, strategy));
  std::fflush(stdout);
}

int run(int count, char** arguments) {
  CLI::App app("Measures how many schedules each strategy needs to find each classic's bug.");
  std::uint64_t seeds = 20;
  std::uint64_t schedules_max = 10'000;
  std::string part;
  std::vector<std::string> strategies;
  app.add_option("seeds", seeds, "how many searches of each")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000}))
      ->capture_default_str();
  app.add_option("schedules", schedules_max, "after so many a search is given up")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000}))
      ->capture_default_str();
  app.add_option("program", part, "a part of the names of those that are measured");
  app.add_option("strategy", strategies,
                 "those that are measured, e.g. pct:3; all that sample if none")
      ->check([](const std::string& text) -> std::string {
        try {
          const Measured measured = cli::parse_strategy("STRATEGY", text);
          return measured.samples() ? "" : measured.text() + " does not sample";
        } catch (const cli::InputError& error) {
          return error.what();
        }
      });
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::vector<Measured> wanted;
  for (const std::string& strategy : strategies)
    wanted.push_back(cli::parse_strategy("STRATEGY", strategy));
  if (wanted.empty()) wanted = all_measured;
  fmt::print("{:<24} {:<10} {:>6} {:>9} {:>9} {:>9} {:>7} {:>8}  {}\n", "program", "strategy",
             "found", "mean", "median", "worst", "steps", "per s", "published mean");
  Rig rig;
  bool any = false;
  for (const Scenario& scenario : scenarios::all_scenarios()) {
    if (!scenario.name.starts_with("classics/") || scenario.always.empty()) continue;
    if (scenario.name.find(part) == scenario.name.npos) continue;
    any = true;
    for (const Measured& measured : wanted) tell(rig, scenario, measured, seeds, schedules_max);
  }
  if (any) return 0;
  fmt::print(stderr, "no classic with a bug has '{}' in its name\n", part);
  return 2;
}

}  // namespace
}  // namespace heddle::bench

int main(int count, char** arguments) { return heddle::bench::run(count, arguments); }
