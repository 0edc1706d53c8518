// heddle list: the scenarios, and what each must find.
#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

using scenarios::Expectation;
using scenarios::Scenario;

std::string_view defect_id(const Scenario& scenario, const Expectation& expectation) {
  return scenario.model->defects[static_cast<std::size_t>(expectation.defect)].id;
}

/// "REF-1, REF-3", "data_race", or "nothing".
std::string finds(const Scenario& scenario) {
  std::string text;
  const auto add = [&](std::string_view word) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", word);
  };
  for (const Expectation& expectation : scenario.expectations)
    add(defect_id(scenario, expectation));
  for (const sim::FindingKind kind : scenario.always) add(sim::word(kind));
  return text.empty() ? "nothing" : text;
}

Json words(const std::vector<sim::FindingKind>& kinds) {
  Json list = Json::array();
  for (const sim::FindingKind kind : kinds) list.push_back(sim::word(kind));
  return list;
}

Json describe(const Scenario& scenario) {
  Json expectations = Json::array();
  for (const Expectation& expectation : scenario.expectations)
    expectations.push_back(
        {{"id", defect_id(scenario, expectation)}, {"kinds", words(expectation.kinds)}});
  return {{"scenario", scenario.name},
          {"summary", scenario.summary},
          {"model", scenario.model == nullptr ? Json() : Json(scenario.model->name)},
          {"cpus", scenario.machine.cpus},
          {"executions", scenario.executions},
          {"workloads", scenario.workload == nullptr ? Json() : Json(scenario.workloads)},
          {"expectations", expectations},
          {"always", words(scenario.always)},
          {"file", scenario.file},
          {"line", scenario.line}};
}

}  // namespace

ExitCode perform(const ListOptions& options) {
  const std::vector<const Scenario*> selection = select(options.filters);
  Results results(options.json);
  if (options.names)
    for (const Scenario* scenario : selection) results.print("{}\n", scenario->name);
  Table table({"scenario", "model", "cpus", "must find"}, {2});
  Json document = Json::array();
  for (const Scenario* scenario : selection) {
    table.add(
        {scenario->name, scenario->model == nullptr ? "-" : std::string(scenario->model->name),
         fmt::format("{}", scenario->machine.cpus), finds(*scenario)},
        scenario->summary);
    document.push_back(describe(*scenario));
  }
  if (!options.names) {
    results.put(table.text(text_columns()));
    results.print("{}\n", counted(selection.size(), "scenario", "scenarios"));
  }
  results.finish(document);
  return ExitCode::as_expected;
}

}  // namespace heddle::cli
