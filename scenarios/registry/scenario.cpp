#include "scenarios/registry/scenario.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace heddle::scenarios {
namespace {

constexpr std::size_t checkers_max = 2;  // of a scenario's own

std::vector<Scenario>& registered() {
  static std::vector<Scenario> scenarios;
  return scenarios;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string place_of(const Scenario& scenario) {
  return scenario.file + ":" + std::to_string(scenario.line);
}

/// A name becomes the path of a folder, and is chosen by patterns.
bool is_name(std::string_view name) {
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    const bool is_plain = std::all_of(part.begin(), part.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
    });
    if (part.empty() || part.front() == '.' || !is_plain) return false;
    begin = end + 1;
  }
  return true;
}

/// @returns what is wrong with how a scenario was declared, as a sentence, or "".
std::string mistake_in(const Scenario& scenario) {
  const std::string who = place_of(scenario) + ": the scenario '" + scenario.name + "' ";
  if (!is_name(scenario.name))
    return who + "needs another name: letters, digits, '_', '-' and '.', with '/' between parts";
  if (scenario.machine.cpus < 1 || scenario.machine.cpus > sim::cpus_max)
    return who + "has " + std::to_string(scenario.machine.cpus) + " CPUs; cpus() takes 1 to " +
           std::to_string(sim::cpus_max);
  if (scenario.checkers.size() > checkers_max)
    return who + "has " + std::to_string(scenario.checkers.size()) +
           " checkers of its own; watched_by() adds " + std::to_string(checkers_max) + " at most";
  return "";
}

/// Ends the process with a sentence if a scenario was declared in a way that none can be.
void refuse_mistakes(const std::vector<Scenario>& sorted) {
  std::string mistake;
  for (std::size_t i = 0; i < sorted.size() && mistake.empty(); ++i) {
    mistake = mistake_in(sorted[i]);
    if (mistake.empty() && i != 0 && sorted[i].name == sorted[i - 1].name)
      mistake = place_of(sorted[i]) + ": the scenario '" + sorted[i].name + "' stands at " +
                place_of(sorted[i - 1]) + " already; give one of them another name";
  }
  if (mistake.empty()) return;
  std::fprintf(stderr, "heddle: %s\n", mistake.c_str());
  std::exit(2);
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
    std::stable_sort(all.begin(), all.end(),
                     [](const Scenario& a, const Scenario& b) { return a.name < b.name; });
    refuse_mistakes(all);
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
  scenario().checkers.push_back(make);
  return *this;
}

}  // namespace heddle::scenarios
