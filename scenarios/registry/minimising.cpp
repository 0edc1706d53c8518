#include "scenarios/registry/minimising.hpp"

#include <algorithm>
#include <memory_resource>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/registry/smaller_workload.hpp"
#include "scenarios/registry/strategy.hpp"
#include "scenarios/registry/subject.hpp"
#include "sim/core/check.hpp"
#include "traces/replay.hpp"
#include "traces/report.hpp"

namespace heddle::scenarios {
namespace {

/// Stands behind the strategy of a trace that is not as the strategy made it.
constexpr std::string_view remark = ", minimised";
/// How many executions are sampled of a smaller workload whose finding the schedule does not meet.
constexpr std::uint64_t samples_max = 100;

/// The order without a context: those that were created after it count one less.
std::vector<sim::ContextId> without(const std::vector<sim::ContextId>& order, sim::ContextId gone) {
  std::vector<sim::ContextId> rest;
  for (sim::ContextId id : order) {
    if (id == gone) continue;
    if (id.value > gone.value) --id.value;
    rest.push_back(id);
  }
  return rest;
}

bool is_smaller(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

Minimising::Minimising(Rig& rig, const Variant& variant, const traces::Trace& trace,
                       const MinimiseRequest& request, const Watch& watch)
    : rig_(rig), variant_(variant), trace_(trace), request_(request), watch_(watch) {}

MinimiseResult Minimising::run() {
  MinimiseResult result;
  traces::TraceChooser strict(trace_, rig_.machine());
  traces::Tried start = execute(strict);
  if (!start.same) {
    result.kind = MinimiseResult::Kind::different;
    result.text = strict.result() == traces::ReplayResult::complete
                      ? "the choices fit, but its finding does not come again"
                      : strict.difference();
    return result;
  }
  result.before = start.cost;
  if (request_.workload && !variant_.workload.empty()) start = shrink_workload(std::move(start));
  const traces::Minimised minimised = traces::minimise(
      std::move(start), [this](const traces::Schedule& schedule) { return follow(schedule); },
      [this](const traces::Minimised& so_far) { return may_go_on(so_far.best.cost); });
  result.kind = MinimiseResult::Kind::minimised;
  result.after = minimised.best.cost;
  result.attempts = attempts_;
  result.complete = minimised.complete && !stopped_;
  result.workload = variant_.workload;
  const traces::Recording recording = record(minimised.best.made);
  if (result.after < result.before || variant_.workload != trace_.workload)
    result.report = report(recording);
  for (const traces::RecordedEvent& event : recording.events) places_.insert(event.event.place);
  return result;
}

bool Minimising::may_go_on(const traces::Cost& best) {
  stopped_ = stopped_ || attempts_ == request_.attempts_max || !watch_(attempts_, best);
  return !stopped_;
}

traces::Tried Minimising::execute(sim::Chooser& chooser) {
  traces::NotingChooser noting(chooser, rig_.machine());
  rig_.run(noting, {});
  const std::vector<sim::Finding>& findings = rig_.machine().findings();
  traces::Tried tried;
  tried.same = std::any_of(findings.begin(), findings.end(), [&](const sim::Finding& finding) {
    return finding.kind == trace_.finding->kind &&
           traces::fingerprint(finding) == trace_.finding->fingerprint;
  });
  tried.made = noting.made();
  tried.open = noting.open();
  tried.cost = noting.cost();
  tried.cost.workload = variant_.workload.size();
  return tried;
}

traces::Tried Minimising::follow(const traces::Schedule& schedule) {
  ++attempts_;
  traces::LenientChooser lenient(schedule, rig_.machine());
  return execute(lenient);
}

// ---- the workload -------------------------------------------------------------------------------

traces::Tried Minimising::shrink_workload(traces::Tried start) {
  const WorkloadType& type = *variant_.scenario->workload;
  traces::Tried best = std::move(start);
  for (bool improved = true; improved;) {
    improved = false;
    for (const std::string& candidate : smaller_workloads(type, variant_.workload)) {
      // The rest is the schedule's.
      if (attempts_ >= request_.attempts_max / 2 || !may_go_on(best.cost)) break;
      if (!is_smaller(candidate, variant_.workload)) continue;
      std::optional<traces::Tried> tried = try_workload(candidate, best);
      if (!tried) continue;
      best = *std::move(tried);
      improved = true;
      break;
    }
  }
  return best;
}

std::optional<traces::Tried> Minimising::try_workload(const std::string& text,
                                                      const traces::Tried& best) {
  const std::string before = std::exchange(variant_.workload, text);
  rig_.set_up(variant_, trace_.machine);
  traces::Tried tried = follow(best.made);
  if (tried.same) return tried;
  const std::set<sim::ContextId> contexts(best.made.order.begin(), best.made.order.end());
  for (const sim::ContextId gone : contexts) {
    tried = follow({without(best.made.order, gone), best.made.values});
    if (tried.same) return tried;
  }
  if (std::optional<traces::Tried> sampled = sample(best)) return sampled;
  variant_.workload = before;
  rig_.set_up(variant_, trace_.machine);
  return std::nullopt;
}

std::optional<traces::Tried> Minimising::sample(const traces::Tried& best) {
  std::pmr::monotonic_buffer_resource memory;
  sim::Strategy& sampler =
      build_sampler(StrategyKind::portfolio, std::nullopt, trace_.seed, memory);
  for (std::uint64_t index = 0; index < samples_max && may_go_on(best.cost); ++index) {
    ++attempts_;
    traces::Tried tried = execute(sampler.begin(index));
    sampler.end(sim::Outcome::finished);
    // It is repeated as candidates are, by what was noted of it.
    if (tried.same) tried = follow(tried.made);
    if (tried.same) return tried;
  }
  return std::nullopt;
}

// ---- the result ---------------------------------------------------------------------------------

traces::Recording Minimising::record(const traces::Schedule& schedule) {
  traces::LenientChooser lenient(schedule, rig_.machine());
  traces::Recorder recorder(lenient);
  rig_.run(recorder, {}, &recorder);
  return recorder.recording();
}

sim::Report Minimising::report(const traces::Recording& recording) const {
  traces::Trace header = trace_;
  header.workload = variant_.workload;
  if (!header.strategy.ends_with(remark)) header.strategy += remark;
  for (const traces::RecordedFinding& finding : recording.findings)
    if (finding.fingerprint == trace_.finding->fingerprint)
      return report_of(std::move(header), recording, finding);
  HEDDLE_CHECK(false, "an execution that was noted can be repeated");
  return {};
}

}  // namespace heddle::scenarios
