// Scenarios and the models they exercise, as values that register themselves.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/registry/workload.hpp"
#include "sim/core/finding.hpp"
#include "sim/machine/config.hpp"
#include "sim/machine/observer.hpp"
#include "sim/machine/world.hpp"

namespace heddle::scenarios {

/// A switch that makes a model wrong, or other.
struct DefectInfo {
  enum class Kind : std::uint8_t {
    posted,    ///< the posted patch has it
    mutation,  ///< nobody posted it: a mistake planted to test the scenarios
    design     ///< not wrong, but another way to do it: measured by its properties
  };
  std::string_view id;       ///< as in the model's README: "REF-1", "a"
  std::string_view name;     ///< the enumerator: "fini_asserts_unlocked"
  std::string_view summary;  ///< one sentence: what is wrong
  Kind kind = Kind::posted;
};

/// Rows of a model's table of defects.
constexpr DefectInfo posted(std::string_view id, std::string_view name, std::string_view summary) {
  return {id, name, summary, DefectInfo::Kind::posted};
}
constexpr DefectInfo mutation(std::string_view id, std::string_view name,
                              std::string_view summary) {
  return {id, name, summary, DefectInfo::Kind::mutation};
}
constexpr DefectInfo design(std::string_view id, std::string_view name, std::string_view summary) {
  return {id, name, summary, DefectInfo::Kind::design};
}

/// A system under test.
struct Model {
  std::string_view name;                ///< "lu_ref"
  std::string_view summary;             ///< one sentence
  std::span<const DefectInfo> defects;  ///< at most 64; bit i of DefectBits

  DefectBits posted() const;
  /// Index of the defect with this id or name (case-insensitive), or -1.
  int find(std::string_view id_or_name) const;
};

/// With this defect alone switched on, the scenario finds one of these kinds.
struct Expectation {
  int defect = 0;  ///< index into Model::defects
  std::vector<sim::FindingKind> kinds;
};

/// A workload on a model, with its machine and what to expect.
struct Scenario {
  using Body = void (*)(sim::World& world, DefectBits defects);

  std::string name;                              ///< "family/scenario"
  std::string summary;                           ///< one sentence: what it does
  const Model* model = nullptr;                  ///< nullptr: stands for itself
  Body body = nullptr;                           ///< nullptr: it has generated workloads
  std::shared_ptr<const WorkloadType> workload;  ///< nullptr: it has none, but a body
  sim::MachineConfig machine;
  std::uint64_t executions = 2'000;  ///< default budget of a random campaign
  std::uint64_t workloads = 100;  ///< default number of generated workloads; executions are of each
  std::uint32_t dfs_preemptions = 2;      ///< default preemption bound of depth-first search
  std::vector<Expectation> expectations;  ///< for the model's defects, each alone
  std::vector<sim::FindingKind> always;   ///< without a model: what it must find; empty: clean
  std::string property;  ///< what a design guarantees if nothing is found: "S1"; empty: none
  std::string file;      ///< where it is registered
  std::uint32_t line = 0;
  using MakesChecker = std::unique_ptr<sim::Observer> (*)();
  std::vector<MakesChecker> checkers;  ///< besides those that every scenario has; at most 2
};

/// All scenarios, sorted by name. Registration happens before main() or while a library loads.
/// Errors: one whose name is another's or is none, or that has more CPUs or checkers than there can
/// be, ends the process with a sentence and status 2.
const std::vector<Scenario>& all_scenarios();
/// All models that a scenario names, sorted by name.
std::vector<const Model*> all_models();

/// What HEDDLE_SCENARIO builds with. Each setter returns *this; see Scenario for the meanings.
class ScenarioBuilder {
 public:
  ScenarioBuilder(std::string_view name, Scenario::Body body, const char* file, int line);
  ScenarioBuilder(std::string_view name, std::unique_ptr<const WorkloadType> workload,
                  const char* file, int line);

  ScenarioBuilder& summary(std::string_view text);
  ScenarioBuilder& model(const Model& model);
  ScenarioBuilder& cpus(std::uint16_t count);
  ScenarioBuilder& preemption(sim::Preemption preemption);
  ScenarioBuilder& interleave(sim::Interleave interleave);
  ScenarioBuilder& time(sim::Time time);
  ScenarioBuilder& allocation_faults(sim::AllocationFaults faults);
  ScenarioBuilder& steps_max(std::uint64_t count);
  ScenarioBuilder& executions(std::uint64_t count);
  ScenarioBuilder& workloads(std::uint64_t count);
  ScenarioBuilder& dfs_preemptions(std::uint32_t bound);
  /// `defect`: the enumerator, whose value is its index in Model::defects.
  template <class Defect>
  ScenarioBuilder& finds(Defect defect, std::initializer_list<sim::FindingKind> kinds) {
    return finds_index(static_cast<int>(defect), kinds);
  }
  template <class Defect>
  ScenarioBuilder& finds(Defect defect, sim::FindingKind kind) {
    return finds_index(static_cast<int>(defect), {kind});
  }
  /// The property that each design of the model is measured by here.
  ScenarioBuilder& checks(std::string_view property);
  /// For a scenario without a model: it must find this.
  ScenarioBuilder& always_finds(sim::FindingKind kind);
  /// A checker of the scenario's own, made anew for each campaign; two at most.
  template <class Checker>
  ScenarioBuilder& watched_by() {
    return watched_by_made(
        [] { return std::unique_ptr<sim::Observer>(std::make_unique<Checker>()); });
  }

 private:
  ScenarioBuilder& watched_by_made(Scenario::MakesChecker make);
  ScenarioBuilder& finds_index(int defect, std::initializer_list<sim::FindingKind> kinds);
  Scenario& scenario();
  std::size_t index_;
};

}  // namespace heddle::scenarios

#define HEDDLE_CONCATENATE_(a, b) a##b
#define HEDDLE_CONCATENATE(a, b) HEDDLE_CONCATENATE_(a, b)
/// Registers `body` (void (World&, DefectBits)) as a scenario; settings follow as calls:
/// HEDDLE_SCENARIO("family/name", body).cpus(2).finds(Defect::x, FindingKind::deadlock);
/// A name is no other scenario's. It has letters, digits, '_', '-' and '.', and '/' between parts.
#define HEDDLE_SCENARIO(name, body)                                                      \
  [[maybe_unused]] static const ::heddle::scenarios::ScenarioBuilder HEDDLE_CONCATENATE( \
      heddle_scenario_, __COUNTER__) =                                                   \
      ::heddle::scenarios::ScenarioBuilder(name, body, __FILE__, __LINE__)
