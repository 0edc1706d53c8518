#include "scenarios/registry/turning_search.hpp"

#include <algorithm>
#include <memory_resource>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "scenarios/registry/strategy.hpp"
#include "scenarios/registry/subject.hpp"
#include "sim/choice/replay.hpp"
#include "sim/core/check.hpp"
#include "traces/format.hpp"
#include "traces/lanes.hpp"
#include "traces/recorder.hpp"
#include "traces/replay.hpp"
#include "traces/report.hpp"
#include "traces/schedule.hpp"

namespace heddle::scenarios {

/// Lets another chooser choose, and notes the choices, what else there was, and when the findings
/// came.
class TurningSearch::Noting final : public sim::Chooser {
 public:
  Noting(sim::Chooser& chooser, const sim::Machine& machine)
      : chooser_(chooser), machine_(machine) {}

  sim::ContextId schedule(const sim::SchedulePoint& point) override {
    const sim::ContextId chosen = chooser_.schedule(point);
    if (chosen == sim::no_context) return chosen;
    note(
        {sim::Reason::schedule, 0, static_cast<std::uint16_t>(point.enabled.count()), chosen.value},
        point.enabled, point.step + 1);
    return chosen;
  }
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override {
    const std::uint32_t chosen = chooser_.value(reason, arity);
    if (chosen == give_up) return chosen;
    const auto ways = static_cast<std::uint16_t>(std::min<std::uint32_t>(arity, 65535));
    note({reason, 0, ways, chosen}, {}, machine_.steps());
    return chosen;
  }

  Made made;

 private:
  void note(sim::Choice choice, sim::ContextSet enabled, sim::StepIndex step) {
    made.choices.push_back(choice);
    made.enabled.push_back(enabled);
    made.steps.push_back(step);
    made.findings.push_back(machine_.findings().size());
  }

  sim::Chooser& chooser_;
  const sim::Machine& machine_;
};

TurningSearch::TurningSearch(Rig& rig, const traces::Trace& trace, const TurningRequest& request)
    : rig_(rig), trace_(trace), request_(request) {}

TurningPoint TurningSearch::run() {
  TurningPoint point;
  traces::TraceChooser strict(trace_, rig_.machine());
  const Made made = execute(strict);
  if (!made.finds) {
    point.kind = TurningPoint::Kind::different;
    point.text = strict.result() == traces::ReplayResult::complete
                     ? "the choices fit, but its finding does not come again"
                     : strict.difference();
    return point;
  }
  point.kind = TurningPoint::Kind::always;
  point.step = 1;
  for (std::size_t at = made.choices_to_finding; at-- != 0;) {
    std::vector<sim::Choice> prefix(made.choices.begin(),
                                    made.choices.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    const std::uint32_t own = prefix.back().chosen;
    point.otherwise = point.otherwise || otherwise_;
    otherwise_ = false;
    while (advance(prefix.back(), made.enabled[at], own)) {
      const std::optional<Made> passing = avoid(prefix);
      if (passing) {
        describe(*passing, point);
        point.kind = TurningPoint::Kind::found;
      } else if (out_) {
        point.kind = TurningPoint::Kind::unknown;
      } else {
        continue;
      }
      point.choice = at;
      point.step = made.steps[at];
      point.exhaustive = exhaustive_ && passing;
      point.executions = executions_;
      return point;
    }
  }
  point.exhaustive = exhaustive_;
  point.otherwise = point.otherwise || otherwise_;
  point.executions = executions_;
  return point;
}

// ---- executions ---------------------------------------------------------------------------------

TurningSearch::Made TurningSearch::execute(sim::Chooser& chooser) {
  Noting noting(chooser, rig_.machine());
  const sim::Outcome outcome = rig_.run(noting, {});
  ++executions_;
  Made made = std::move(noting.made);
  made.ended = outcome == sim::Outcome::finished;
  made.limited = outcome == sim::Outcome::bound_reached;
  const std::vector<sim::Finding>& findings = rig_.machine().findings();
  for (std::size_t i = 0; i < findings.size() && !made.finds; ++i) {
    if (findings[i].kind != trace_.finding->kind ||
        traces::fingerprint(findings[i]) != trace_.finding->fingerprint)
      continue;
    made.finds = true;
    const auto after = std::upper_bound(made.findings.begin(), made.findings.end(), i);
    made.choices_to_finding = static_cast<std::size_t>(after - made.findings.begin());
  }
  return made;
}

TurningSearch::Made TurningSearch::follow(const std::vector<sim::Choice>& prefix) {
  const traces::Schedule nothing;
  traces::LenientChooser calm(nothing, rig_.machine());
  sim::ReplayChooser replay(prefix, &calm);
  Made made = execute(replay);
  HEDDLE_CHECK(!replay.diverged(), "choices that were noted can be made again");
  return made;
}

// ---- the search ---------------------------------------------------------------------------------

bool TurningSearch::passes(const Made& made) {
  if (!made.finds && !made.ended && !made.limited) otherwise_ = true;
  return made.ended && !made.finds;
}

bool TurningSearch::may_go_on() {
  const bool stop = request_.stop != nullptr && *request_.stop != 0;
  out_ = out_ || stop || executions_ >= request_.executions_max;
  return !out_;
}

/// The next way after `choice`, counted around to `first`. @returns false if there is none left.
bool TurningSearch::advance(sim::Choice& choice, sim::ContextSet enabled, std::uint32_t first) {
  std::uint32_t next = choice.chosen;
  if (choice.reason != sim::Reason::schedule) {
    next = (next + 1) % choice.arity;
  } else {
    const auto ways = enabled.count();
    HEDDLE_CHECK(ways != 0, "who was chosen was enabled");
    const auto own = sim::ContextId{static_cast<std::uint16_t>(next)};
    next = enabled.nth((enabled.rank(own) + 1) % ways).value;
  }
  if (next == first) return false;
  choice.chosen = next;
  return true;
}

/// An execution that begins so and goes without the finding: depth first, the calmest first.
std::optional<TurningSearch::Made> TurningSearch::avoid(const std::vector<sim::Choice>& prefix) {
  if (!may_go_on()) return std::nullopt;
  Made made = follow(prefix);
  std::vector<std::uint32_t> firsts;  // by index: the way that was taken first
  for (std::uint64_t tried = 1;; ++tried) {
    if (passes(made)) return made;
    if (made.limited) exhaustive_ = false;
    for (std::size_t i = firsts.size(); i < made.choices.size(); ++i)
      firsts.push_back(made.choices[i].chosen);
    // What follows the finding has it.
    std::vector<sim::Choice> path = made.choices;
    if (made.finds) path.resize(std::max(prefix.size(), made.choices_to_finding));
    while (path.size() > prefix.size() &&
           !advance(path.back(), made.enabled[path.size() - 1], firsts[path.size() - 1]))
      path.pop_back();
    if (path.size() <= prefix.size()) return std::nullopt;
    if (tried == request_.each_max) break;
    if (!may_go_on()) return std::nullopt;
    firsts.resize(path.size());
    made = follow(path);
  }
  exhaustive_ = false;
  return sample(prefix);
}

std::optional<TurningSearch::Made> TurningSearch::sample(const std::vector<sim::Choice>& prefix) {
  std::pmr::monotonic_buffer_resource memory;
  sim::Strategy& sampler = build_sampler(StrategyKind::pos, std::nullopt, trace_.seed, memory);
  for (std::uint64_t index = 0; index < request_.each_max && may_go_on(); ++index) {
    sim::ReplayChooser replay(prefix, &sampler.begin(index));
    Made made = execute(replay);
    sampler.end(sim::Outcome::finished);
    if (passes(made)) return made;
  }
  return std::nullopt;
}

// ---- the result ---------------------------------------------------------------------------------

void TurningSearch::describe(const Made& passing, TurningPoint& point) {
  sim::ReplayChooser replay(passing.choices);
  traces::Recorder recorder(replay);
  rig_.run(recorder, {}, &recorder);
  const traces::Recording recording = recorder.recording();
  traces::Trace header = trace_;
  header.finding.reset();
  header.strategy = "the nearest without " + trace_.finding->fingerprint;
  if (!recording.findings.empty()) {
    const traces::RecordedFinding& other = recording.findings.front();
    header.finding = {other.finding.kind, other.fingerprint, other.headline};
  }
  header.choices = recording.choices;
  point.passing = traces::to_text(header, traces::lanes(header, recording));
}

}  // namespace heddle::scenarios
