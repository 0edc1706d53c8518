// What a campaign's result means, in words.
#include "scenarios/registry/verdict.hpp"

#include <fmt/format.h>

#include "scenarios/registry/runner.hpp"

namespace heddle::scenarios {

std::string_view word(Verdict verdict) {
  switch (verdict) {
    case Verdict::clean:
      return "clean";
    case Verdict::finding:
      return "finding";
    case Verdict::inconclusive:
      break;
  }
  return "inconclusive";
}

namespace {

std::string plural(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// Why the result is neither a finding nor clean; "" if it is.
std::string doubt(const RunResult& result, std::uint64_t steps_max) {
  const sim::CampaignResult& campaign = result.campaign;
  const sim::Counts& counts = campaign.counts;
  if (campaign.internal_error) return "heddle has found a bug of its own";
  if (campaign.gave_up)
    return fmt::format("{} worker processes were lost, and the campaign was given up",
                       campaign.workers_lost);
  if (campaign.interrupted) return "it was interrupted";
  if (counts.all() == 0) return "nothing was executed";
  if (counts.bound_reached != 0)
    return fmt::format("{} reached a bound (at most {} steps, {} choices)",
                       plural(counts.bound_reached, "execution", "executions"), steps_max,
                       choices_max);
  if (result.reduction == sim::Reduction::states && counts.complete() == 0)
    return "no execution came to its end, only back to states where it had been";
  if (counts.stuck != 0)
    return fmt::format("{} stuck, and no checker says why",
                       plural(counts.stuck, "execution was", "executions were"));
  if (!samples(result.strategy) && !campaign.exhausted)
    return fmt::format("the {} ran out before the search was exhausted",
                       campaign.timed_out ? "time" : "number of executions");
  return {};
}

}  // namespace

void judge(RunResult& result, const RunRequest& request, const sim::MachineConfig& config,
           std::uint32_t preemptions) {
  const sim::CampaignResult& campaign = result.campaign;
  if (!samples(request.strategy) && preemptions != sim::no_preemption_bound)
    result.bounds.emplace_back("preemptions", preemptions);
  result.bounds.emplace_back("steps", config.limits.steps_max);
  result.bounds.emplace_back("choices", choices_max);
  if (config.allocation_faults.hard != 0)
    result.bounds.emplace_back("hard_allocation_faults", config.allocation_faults.hard);
  if (config.allocation_faults.soft != 0)
    result.bounds.emplace_back("soft_allocation_faults", config.allocation_faults.soft);

  result.reason = doubt(result, config.limits.steps_max);
  if (!campaign.findings.empty()) {
    result.verdict = Verdict::finding;
    result.verdict_text =
        fmt::format("finding ({})", plural(campaign.findings.size(), "bug", "different bugs"));
  } else if (!result.reason.empty()) {
    result.verdict = Verdict::inconclusive;
    result.verdict_text = fmt::format("inconclusive ({})", result.reason);
  } else {
    result.verdict = Verdict::clean;
    result.exhaustive = !samples(request.strategy);
    const bool compares_states = result.reduction == sim::Reduction::states;
    const std::string bound = preemptions == sim::no_preemption_bound
                                  ? ""
                                  : " within " + plural(preemptions, "preemption", "preemptions");
    result.verdict_text =
        !result.exhaustive ? fmt::format("clean ({}, not exhaustive)",
                                         plural(campaign.counts.all(), "execution", "executions"))
        : compares_states
            ? fmt::format("clean (all states{}; not for races, lock order, livelocks)", bound)
            : fmt::format("clean (exhaustive{})", bound);
  }
}

}  // namespace heddle::scenarios
