// Campaigns and single attempts. Replays are in replay.cpp, the check of determinism in
// determinism.cpp.
#include "scenarios/registry/runner.hpp"

#include <array>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/setting.hpp"
#include "scenarios/registry/subject.hpp"
#include "scenarios/registry/verdict.hpp"
#include "sim/choice/replay.hpp"
#include "sim/core/check.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/explore/random_walk.hpp"
#include "traces/report.hpp"

namespace heddle::scenarios {
namespace {

constexpr std::array<std::string_view, 2> strategy_words = {"random", "dfs"};

/// A search and what it is made of, in the memory that a campaign's processes share.
struct Search {
  Search(std::pmr::memory_resource& memory, std::uint32_t preemptions)
      : dfs(memory, order, reduction, {preemptions, choices_max}) {}
  sim::StayOrder order;
  sim::NoReduction reduction;
  sim::DepthFirstSearch dfs;
};

sim::Strategy& build(const RunRequest& request, std::pmr::memory_resource& memory) {
  if (request.strategy == StrategyKind::dfs) {
    void* room = memory.allocate(sizeof(Search), alignof(Search));
    return (new (room) Search(memory, preemptions_of(request)))->dfs;
  }
  void* room = memory.allocate(sizeof(sim::RandomWalk), alignof(sim::RandomWalk));
  return *new (room) sim::RandomWalk(request.seed);
}

sim::CampaignOptions options_of(const RunRequest& request, const sim::MachineConfig& config) {
  const bool is_random = request.strategy == StrategyKind::random;
  HEDDLE_CHECK(is_random || request.shards == 1, "depth-first search is not dealt out to shards");
  sim::CampaignOptions options;
  options.executions = request.executions;
  if (is_random && request.executions == 0 && request.time_s <= 0)
    options.executions = request.variant.scenario->executions;
  if (request.only) {
    HEDDLE_CHECK(is_random, "only random executions can be made alone");
    options.first = *request.only;
    options.executions = 1;
  }
  options.time_s = request.time_s;
  options.jobs = request.jobs;
  options.shard = request.shard;
  options.shards = request.shards;
  options.fail_fast = request.fail_fast;
  options.phases = is_random && !request.only && config.interleave == sim::Interleave::racy;
  options.hang_cpu_s = request.hang_cpu_s;
  options.choices_max = choices_max;
  options.stop = request.stop;
  options.strategy = [&request](std::pmr::memory_resource& memory) -> sim::Strategy& {
    return build(request, memory);
  };
  options.on_progress = request.on_progress;
  options.on_finding = request.on_finding;
  return options;
}

/// What a search that met another execution under the same choices has found.
sim::Found unsteady_search() {
  sim::Finding finding;
  finding.kind = sim::FindingKind::nondeterminism;
  finding.detail = "equal choices led to different executions";
  sim::Found found;
  found.report = {finding.kind, traces::fingerprint(finding),
                  std::string(finding.detail) + "; `heddle check-determinism` shows where", ""};
  found.count = 1;
  return found;
}

/// What a campaign has learned by the time it makes the execution `index`.
std::vector<std::string> facts_known_at(std::uint64_t index, sim::Subject& subject,
                                        const RunRequest& request,
                                        const sim::MachineConfig& config) {
  RunRequest earlier = request;
  earlier.only.reset();
  earlier.executions = sim::executions_known_at(index);
  earlier.shards = 1;
  earlier.shard = 0;
  earlier.fail_fast = false;
  earlier.time_s = 0;
  earlier.on_finding = nullptr;
  if (earlier.executions == 0) return {};
  return run_campaign(subject, options_of(earlier, config)).facts;
}

}  // namespace

std::string_view word(StrategyKind kind) { return strategy_words[static_cast<std::size_t>(kind)]; }

bool strategy_from(std::string_view text, StrategyKind& kind) {
  for (std::size_t i = 0; i < strategy_words.size(); ++i) {
    if (strategy_words[i] != text) continue;
    kind = static_cast<StrategyKind>(i);
    return true;
  }
  return false;
}

std::uint32_t preemptions_of(const RunRequest& request) {
  return request.preemptions.value_or(request.variant.scenario->dfs_preemptions);
}

std::string strategy_text(const RunRequest& request) {
  if (request.strategy == StrategyKind::random) return "random";
  const std::uint32_t preemptions = preemptions_of(request);
  return preemptions == sim::no_preemption_bound ? "dfs" : fmt::format("dfs({})", preemptions);
}

sim::MachineConfig config_of(const RunRequest& request) {
  const Variant& variant = request.variant;
  HEDDLE_CHECK(variant.scenario != nullptr, "a request names a scenario");
  sim::MachineConfig config = variant.scenario->machine;
  config.interleave = variant.interleave.value_or(config.interleave);
  if (request.strategy == StrategyKind::dfs && config.interleave == sim::Interleave::racy)
    config.interleave = sim::Interleave::sync;
  return config;
}

Runner::Runner() : rig_(std::make_unique<Rig>()) {}
Runner::~Runner() = default;

RunResult Runner::run(const RunRequest& request) {
  const sim::MachineConfig config = config_of(request);
  rig_->set_up(*request.variant.scenario, request.variant.defects, config);
  ScenarioSubject subject(
      *rig_, trace_header(request.variant, config, strategy_text(request), request.seed));
  RunResult result;
  result.strategy = request.strategy;
  result.seed = request.seed;
  sim::CampaignOptions options = options_of(request, config);
  if (request.only && config.interleave == sim::Interleave::racy)
    options.facts = facts_known_at(*request.only, subject, request, config);
  result.campaign = run_campaign(subject, options);
  if (result.campaign.diverged) result.campaign.findings.push_back(unsteady_search());
  for (const sim::Found& found : result.campaign.findings)
    result.nondeterministic =
        result.nondeterministic || found.report.kind == sim::FindingKind::nondeterminism;
  judge(result, request, config, preemptions_of(request));
  return result;
}

Attempt Runner::attempt(const Variant& variant, const sim::MachineConfig& config,
                        std::span<const sim::Choice> choices) {
  /// Goes on as undisturbed as possible.
  class Calm final : public sim::Chooser {
   public:
    sim::ContextId schedule(const sim::SchedulePoint& point) override {
      return point.last_is_enabled() ? point.last : point.enabled.first();
    }
    std::uint32_t value(sim::Reason, std::uint32_t) override { return 0; }
  };
  HEDDLE_CHECK(variant.scenario != nullptr, "an attempt names a scenario");
  rig_->set_up(*variant.scenario, variant.defects, config);
  Calm calm;
  sim::ReplayChooser chooser(choices, &calm);
  Attempt attempt;
  const auto made = std::make_unique_for_overwrite<sim::Choice[]>(choices_max);
  volatile std::uint64_t size = 0;
  attempt.outcome = rig_->run(chooser, {made.get(), choices_max, &size});
  attempt.choices.assign(made.get(), made.get() + size);
  attempt.diverged = chooser.diverged();
  attempt.choices_used = chooser.position();
  attempt.steps = rig_->machine().steps();
  for (const sim::Finding& finding : rig_->machine().findings())
    attempt.fingerprints.push_back(traces::fingerprint(finding));
  return attempt;
}

}  // namespace heddle::scenarios
