// Campaigns and single attempts. Campaigns over generated workloads are in workloads.cpp, replays
// in replay.cpp, minimising in minimise.cpp, the check of determinism in determinism.cpp.
#include "scenarios/registry/runner.hpp"

#include <new>
#include <utility>

#include <fmt/format.h>

#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/setting.hpp"
#include "scenarios/registry/subject.hpp"
#include "scenarios/registry/verdict.hpp"
#include "sim/choice/random.hpp"
#include "sim/choice/replay.hpp"
#include "sim/core/check.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/explore/ipb.hpp"
#include "sim/explore/measured.hpp"
#include "traces/report.hpp"

namespace heddle::scenarios {
namespace {

/// A search and what it is made of, in the memory that a campaign's processes share.
template <class Strategy>
struct Search {
  template <class... More>
  Search(std::pmr::memory_resource& memory, std::uint32_t preemptions, More... more)
      : strategy(memory, order, {preemptions, choices_max, more...}) {}
  sim::StayOrder order;
  Strategy strategy;
};

template <class Strategy, class... More>
sim::Strategy& build_search(std::pmr::memory_resource& memory, std::uint32_t preemptions,
                            More... more) {
  void* room = memory.allocate(sizeof(Search<Strategy>), alignof(Search<Strategy>));
  return (new (room) Search<Strategy>(memory, preemptions, more...))->strategy;
}

/// Does it leave out orders, by which steps depend on each other?
bool reduces_orders(sim::Reduction reduction) {
  return reduction != sim::Reduction::none && reduction != sim::Reduction::states;
}

sim::Strategy& build(const RunRequest& request, std::pmr::memory_resource& memory) {
  if (request.strategy == StrategyKind::dfs && reduces_orders(request.reduction)) {
    void* room = memory.allocate(sizeof(sim::MeasuredDpor), alignof(sim::MeasuredDpor));
    return *new (room)
        sim::MeasuredDpor(memory, {request.reduction, 10'000, preemptions_of(request)});
  }
  if (request.strategy == StrategyKind::dfs)
    return build_search<sim::DepthFirstSearch>(memory, preemptions_of(request),
                                               request.reduction == sim::Reduction::states);
  if (request.strategy == StrategyKind::ipb)
    return build_search<sim::IterativePreemptionBounding>(memory, preemptions_of(request));
  return build_sampler(request.strategy, request.parameter, request.seed, memory);
}

sim::CampaignOptions options_of(const RunRequest& request) {
  const bool is_sampled = samples(request.strategy);
  HEDDLE_CHECK(is_sampled || request.shards == 1, "a search is not dealt out to shards");
  sim::CampaignOptions options;
  options.executions = request.executions;
  if (is_sampled && request.executions == 0 && request.time_s <= 0)
    options.executions = request.variant.scenario->executions;
  if (request.only) {
    HEDDLE_CHECK(is_sampled, "only sampled executions can be made alone");
    options.first = *request.only;
    options.executions = 1;
  }
  options.time_s = request.time_s;
  options.jobs = request.jobs;
  // What one process has met no other knows.
  options.split = request.split && request.reduction != sim::Reduction::states;
  options.shard = request.shard;
  options.shards = request.shards;
  options.enough = request.enough;
  options.phases = is_sampled && !request.only;
  options.hang_cpu_s = request.hang_cpu_s;
  options.choices_max = choices_max;
  options.stop = request.stop;
  options.strategy = [&request](std::pmr::memory_resource& memory) -> sim::Strategy& {
    return build(request, memory);
  };
  options.checkpoint = request.checkpoint;
  options.checkpoint_s = request.checkpoint_s;
  options.on_checkpoint = request.on_checkpoint;
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

/// Gives a campaign of the execution `index` alone what a whole one has learned by then.
void learn_until(std::uint64_t index, sim::Subject& subject, const RunRequest& request,
                 sim::CampaignOptions& options) {
  RunRequest earlier = request;
  earlier.only.reset();
  earlier.executions = sim::executions_known_at(index);
  earlier.shards = 1;
  earlier.shard = 0;
  earlier.enough = nullptr;
  earlier.time_s = 0;
  earlier.on_finding = nullptr;
  if (earlier.executions == 0) return;
  sim::CampaignResult learned = run_campaign(subject, options_of(earlier));
  options.facts = std::move(learned.facts);
  options.knowledge = std::move(learned.knowledge);
}

}  // namespace

std::uint32_t preemptions_of(const RunRequest& request) {
  return request.preemptions.value_or(request.variant.scenario->dfs_preemptions);
}

std::string strategy_text(const RunRequest& request) {
  std::string text = request.reduction != sim::Reduction::none
                         ? std::string(word(request.reduction))
                         : strategy_word(request.strategy, request.parameter);
  if (samples(request.strategy)) return text;
  const std::uint32_t preemptions = preemptions_of(request);
  return preemptions == sim::no_preemption_bound ? text : fmt::format("{}({})", text, preemptions);
}

sim::MachineConfig config_of(const RunRequest& request) {
  const Variant& variant = request.variant;
  HEDDLE_CHECK(variant.scenario != nullptr, "a request names a scenario");
  sim::MachineConfig config = variant.scenario->machine;
  config.interleave = variant.interleave.value_or(config.interleave);
  if (!samples(request.strategy) && config.interleave == sim::Interleave::racy)
    config.interleave = sim::Interleave::sync;
  if (reduces_orders(request.reduction)) config.relaxing = sim::Relaxing::spins;
  return config;
}

Runner::Runner() : rig_(std::make_unique<Rig>()) {}
Runner::~Runner() = default;

RunResult Runner::run(const RunRequest& request) {
  return has_generated_workloads(request) ? run_workloads(request) : run_one(request);
}

RunResult Runner::run_one(const RunRequest& asked) {
  RunRequest request = asked;
  // Which order the clock gives, no dependence of steps tells.
  if (request.variant.scenario->machine.time == sim::Time::clock &&
      reduces_orders(request.reduction))
    request.reduction = sim::Reduction::none;
  const sim::MachineConfig config = config_of(request);
  rig_->set_up(request.variant, config);
  rig_->machine().use_snapshots(request.snapshots);
  if (request.reduction == sim::Reduction::states) rig_->forget_past();
  ScenarioSubject subject(
      *rig_, trace_header(request.variant, config, strategy_text(request), request.seed));
  RunResult result;
  result.strategy = request.strategy;
  result.reduction = request.reduction;
  result.parameter = request.parameter;
  result.seed = request.seed;
  sim::CampaignOptions options = options_of(request);
  if (request.only) learn_until(*request.only, subject, request, options);
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
  rig_->set_up(variant, config);
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
