#include "scenarios/registry/scenario.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "sim/core/check.hpp"

namespace heddle::scenarios {
namespace {

std::vector<Scenario>& registered() {
  static std::vector<Scenario> scenarios;
  return scenarios;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

DefectBits Model::posted() const {
  DefectBits bits = 0;
  for (std::size_t i = 0; i < defects.size(); ++i)
    if (defects[i].kind == DefectInfo::Kind::posted) bits |= DefectBits{1} << i;
  return bits;
}

int Model::find(std::string_view id_or_name) const {
  for (std::size_t i = 0; i < defects.size(); ++i)
    if (equal_ignoring_case(defects[i].id, id_or_name) ||
        equal_ignoring_case(defects[i].name, id_or_name))
      return static_cast<int>(i);
  return -1;
}

const std::vector<Scenario>& all_scenarios() {
  static const std::vector<Scenario> sorted = [] {
    std::vector<Scenario> all = registered();
    std::sort(all.begin(), all.end(),
              [](const Scenario& a, const Scenario& b) { return a.name < b.name; });
    const auto twice =
        std::adjacent_find(all.begin(), all.end(),
                           [](const Scenario& a, const Scenario& b) { return a.name == b.name; });
    HEDDLE_CHECK(twice == all.end(), "every scenario has a name of its own");
    return all;
  }();
  return sorted;
}

std::vector<const Model*> all_models() {
  std::vector<const Model*> models;
  for (const Scenario& scenario : all_scenarios())
    if (scenario.model != nullptr &&
        std::find(models.begin(), models.end(), scenario.model) == models.end())
      models.push_back(scenario.model);
  std::sort(models.begin(), models.end(),
            [](const Model* a, const Model* b) { return a->name < b->name; });
  return models;
}

ScenarioBuilder::ScenarioBuilder(std::string_view name, Scenario::Body body, const char* file,
                                 int line)
    : index_(registered().size()) {
  Scenario& scenario = registered().emplace_back();
  scenario.name = name;
  scenario.body = body;
  scenario.file = file;
  scenario.line = static_cast<std::uint32_t>(line);
  scenario.machine.interleave = sim::Interleave::racy;
}

ScenarioBuilder::ScenarioBuilder(std::string_view name,
                                 std::unique_ptr<const WorkloadType> workload, const char* file,
                                 int line)
    : ScenarioBuilder(name, Scenario::Body{}, file, line) {
  scenario().workload = std::move(workload);
}

Scenario& ScenarioBuilder::scenario() { return registered()[index_]; }

ScenarioBuilder& ScenarioBuilder::summary(std::string_view text) {
  scenario().summary = text;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::model(const Model& model) {
  scenario().model = &model;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::cpus(std::uint16_t count) {
  scenario().machine.cpus = count;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::preemption(sim::Preemption preemption) {
  scenario().machine.preemption = preemption;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::interleave(sim::Interleave interleave) {
  scenario().machine.interleave = interleave;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::time(sim::Time time) {
  scenario().machine.time = time;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::allocation_faults(sim::AllocationFaults faults) {
  scenario().machine.allocation_faults = faults;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::steps_max(std::uint64_t count) {
  scenario().machine.limits.steps_max = count;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::executions(std::uint64_t count) {
  scenario().executions = count;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::workloads(std::uint64_t count) {
  scenario().workloads = count;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::dfs_preemptions(std::uint32_t bound) {
  scenario().dfs_preemptions = bound;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::finds_index(int defect,
                                              std::initializer_list<sim::FindingKind> kinds) {
  scenario().expectations.push_back({defect, kinds});
  return *this;
}
ScenarioBuilder& ScenarioBuilder::checks(std::string_view property) {
  scenario().property = property;
  return *this;
}
ScenarioBuilder& ScenarioBuilder::always_finds(sim::FindingKind kind) {
  scenario().always.push_back(kind);
  return *this;
}

ScenarioBuilder& ScenarioBuilder::watched_by_made(Scenario::MakesChecker make) {
  HEDDLE_CHECK(scenario().checkers.size() < 2, "a scenario has two checkers of its own at most");
  scenario().checkers.push_back(make);
  return *this;
}

}  // namespace heddle::scenarios
