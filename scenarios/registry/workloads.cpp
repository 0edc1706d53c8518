// Campaigns over generated workloads: one after the other, until one has a finding; that one is
// made smaller.
#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "scenarios/registry/runner.hpp"
#include "scenarios/registry/setting.hpp"
#include "scenarios/registry/verdict.hpp"
#include "scenarios/registry/workload.hpp"
#include "sim/core/check.hpp"
#include "sim/core/rng.hpp"

namespace heddle::scenarios {
namespace {

/// Of a workload, for each finding.
constexpr std::uint64_t candidates_max = 500;

/// Sizes 0, 5, …, 100, 4, 9, …: small first, and all before long.
int size_at(std::uint64_t index) {
  constexpr std::uint64_t sizes = workload_size_max + 1;
  return static_cast<int>(index % sizes * 5 % sizes);
}

/// The campaign of generated workload `index`: an own seed, so that workloads do not all meet the
/// same schedules.
RunRequest campaign_with(const RunRequest& request, std::uint64_t index, std::string workload) {
  RunRequest one = request;
  one.variant.workload = std::move(workload);
  one.seed = sim::mix(request.seed, index);
  if (one.executions == 0 && samples(one.strategy))
    one.executions = request.variant.scenario->executions;
  return one;
}

/// What one more campaign adds to the whole.
void add(RunResult& total, RunResult&& one) {
  sim::CampaignResult& sum = total.campaign;
  sim::CampaignResult& more = one.campaign;
  sum.counts += more.counts;
  sum.findings = std::move(more.findings);
  sum.seconds += more.seconds;
  sum.findings_dropped += more.findings_dropped;
  sum.workers_lost += more.workers_lost;
  sum.exhausted = sum.exhausted && more.exhausted;
  sum.timed_out = sum.timed_out || more.timed_out;
  sum.interrupted = sum.interrupted || more.interrupted;
  sum.diverged = sum.diverged || more.diverged;
  sum.internal_error = sum.internal_error || more.internal_error;
  sum.gave_up = sum.gave_up || more.gave_up;
  total.nondeterministic = total.nondeterministic || one.nondeterministic;
  ++total.workloads;
}

/// Has a campaign ended in a way that makes further ones pointless?
bool is_over(const RunResult& result) {
  const sim::CampaignResult& campaign = result.campaign;
  return !campaign.findings.empty() || campaign.interrupted || campaign.diverged ||
         campaign.internal_error || campaign.gave_up || result.nondeterministic;
}

/// Progress of one campaign as that of the whole.
std::function<void(const sim::Progress&)> shifted(const RunRequest& request,
                                                  const RunResult& so_far) {
  if (!request.on_progress) return nullptr;
  return [&request, &so_far](const sim::Progress& progress) {
    sim::Progress whole = progress;
    whole.counts += so_far.campaign.counts;
    whole.seconds += so_far.campaign.seconds;
    whole.executions_max = progress.executions_max * request.workloads;
    request.on_progress(whole);
  };
}

void tell_verdict(RunResult& result, const RunRequest& request) {
  judge(result, request, config_of(request), preemptions_of(request));
  if (result.verdict != Verdict::clean) return;
  const std::string each = result.exhaustive ? ", each exhaustive" : "";
  result.exhaustive = false;  // there are other workloads
  result.verdict_text = fmt::format("clean ({} workloads{}, {} executions, not exhaustive)",
                                    result.workloads, each, result.campaign.counts.all());
}

}  // namespace

std::unique_ptr<Shrinking> generate_workload(const WorkloadType& type, std::uint64_t seed,
                                             std::uint64_t index) {
  return type.generate(sim::mix(seed, index), size_at(index));
}

bool has_generated_workloads(const RunRequest& request) {
  HEDDLE_CHECK(request.variant.scenario != nullptr, "a request names a scenario");
  return request.variant.scenario->workload != nullptr && request.variant.workload.empty();
}

RunResult Runner::run_workloads(const RunRequest& given) {
  HEDDLE_CHECK(!given.only, "an execution alone is one of a workload that is given");
  RunRequest request = given;
  const WorkloadType& type = *request.variant.scenario->workload;
  if (request.workloads == 0 && request.time_s <= 0)
    request.workloads = request.variant.scenario->workloads;
  RunResult total;
  total.strategy = request.strategy;
  total.parameter = request.parameter;
  total.seed = request.seed;
  total.campaign.exhausted = true;
  RunRequest one;
  for (std::uint64_t index = 0; request.workloads == 0 || index < request.workloads; ++index) {
    if (request.time_s > 0 && total.campaign.seconds >= request.time_s) break;
    one = campaign_with(request, index, generate_workload(type, request.seed, index)->text());
    if (request.time_s > 0) one.time_s = request.time_s - total.campaign.seconds;
    one.on_progress = shifted(request, total);
    if (request.on_workload) request.on_workload(index, 0);
    RunResult result = run_one(one);
    const std::uint64_t executions = result.campaign.counts.all();
    add(total, std::move(result));
    if (!is_over(total)) continue;
    for (std::size_t i = 0; i < total.campaign.findings.size(); ++i) {
      total.found_under.push_back(
          {one.variant.workload, one.variant.workload, index, one.seed, executions, 0});
      if (request.shrink && !total.campaign.interrupted && !total.nondeterministic)
        shrink(total, i, request);
    }
    break;
  }
  tell_verdict(total, request);
  return total;
}

void Runner::shrink(RunResult& result, std::size_t finding, const RunRequest& request) {
  sim::Found& found = result.campaign.findings[finding];
  FoundUnder& under = result.found_under[finding];
  const auto cursor =
      generate_workload(*request.variant.scenario->workload, request.seed, under.index);
  minimise(found.report.trace,
           {.attempts_max = 0});  // makes this process read the debug information once for all
  while (under.candidates < candidates_max) {
    if (request.stop != nullptr && *request.stop != 0) return;
    std::optional<std::string> candidate = cursor->next();
    if (!candidate) return;
    if (*candidate == under.workload) continue;
    ++under.candidates;
    RunRequest one = campaign_with(request, under.index, *std::move(candidate));
    one.time_s = 0;
    if (one.executions == 0) one.executions = under.executions;
    one.on_finding = nullptr;
    one.on_progress = shifted(request, result);
    if (request.on_workload) request.on_workload(under.index, under.candidates);
    RunResult smaller = run_one(one);
    if (smaller.campaign.interrupted) return;
    const auto same = std::find_if(
        smaller.campaign.findings.begin(), smaller.campaign.findings.end(),
        [&](const sim::Found& f) { return f.report.fingerprint == found.report.fingerprint; });
    if (same == smaller.campaign.findings.end()) continue;
    cursor->accept();
    found = std::move(*same);
    under.workload = one.variant.workload;
    under.executions = smaller.campaign.counts.all();
  }
}

}  // namespace heddle::scenarios
