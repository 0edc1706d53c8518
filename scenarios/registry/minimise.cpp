// Makes a trace's schedule smaller. All attempts are made in one child process; if one takes that
// along, the trace stays as it is.
#include "traces/minimise.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/runner.hpp"
#include "scenarios/registry/subject.hpp"
#include "sim/core/check.hpp"
#include "sim/explore/process.hpp"
#include "sim/explore/wire.hpp"
#include "sim/explore/worker.hpp"
#include "traces/format.hpp"
#include "traces/places.hpp"
#include "traces/recorder.hpp"
#include "traces/replay.hpp"
#include "traces/report.hpp"
#include "traces/schedule.hpp"

namespace heddle::scenarios {
namespace {

constexpr double minimise_cpu_s = 120;
/// Stands behind the strategy of a trace that is not as the strategy made it.
constexpr std::string_view remark = ", minimised";

/// Minimises in this process.
class Work {
 public:
  Work(Rig& rig, const traces::Trace& trace, std::uint64_t attempts_max)
      : rig_(rig), trace_(trace), attempts_max_(attempts_max) {}

  MinimiseResult run() {
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
    const traces::Minimised minimised = traces::minimise(
        std::move(start), [this](const traces::Schedule& schedule) { return follow(schedule); },
        attempts_max_);
    result.kind = MinimiseResult::Kind::minimised;
    result.after = minimised.best.cost;
    result.attempts = minimised.attempts;
    result.complete = minimised.complete;
    const traces::Recording recording = record(minimised.best.made);
    if (result.after < result.before) result.report = report(recording);
    for (const traces::RecordedEvent& event : recording.events) places_.insert(event.event.place);
    return result;
  }
  /// Where the code stands that the smallest execution went through.
  const std::set<sim::Place>& places() const { return places_; }

 private:
  traces::Tried execute(sim::Chooser& chooser) {
    traces::NotingChooser noting(chooser, rig_.machine());
    rig_.run(noting, {});
    const std::vector<sim::Finding>& findings = rig_.machine().findings();
    traces::Tried tried;
    tried.same = std::any_of(findings.begin(), findings.end(), [&](const sim::Finding& finding) {
      return finding.kind == trace_.finding->kind &&
             traces::fingerprint(finding) == trace_.finding->fingerprint;
    });
    tried.made = noting.made();
    tried.cost = noting.cost();
    return tried;
  }
  traces::Tried follow(const traces::Schedule& schedule) {
    traces::LenientChooser lenient(schedule, rig_.machine());
    return execute(lenient);
  }

  traces::Recording record(const traces::Schedule& schedule) {
    traces::LenientChooser lenient(schedule, rig_.machine());
    traces::Recorder recorder(lenient);
    rig_.run(recorder, {}, &recorder);
    return recorder.recording();
  }

  sim::Report report(const traces::Recording& recording) const {
    traces::Trace header = trace_;
    if (!header.strategy.ends_with(remark)) header.strategy += remark;
    for (const traces::RecordedFinding& finding : recording.findings)
      if (finding.fingerprint == trace_.finding->fingerprint)
        return report_of(std::move(header), recording, finding);
    HEDDLE_CHECK(false, "an execution that was noted can be repeated");
    return {};
  }

  Rig& rig_;
  const traces::Trace& trace_;
  std::uint64_t attempts_max_;
  std::set<sim::Place> places_;
};

void write(sim::wire::Writer& writer, const traces::Cost& cost) {
  writer.number(cost.faults)
      .number(cost.preemptions)
      .number(cost.switches)
      .number(cost.steps)
      .number(cost.values);
}
void read(sim::wire::Reader& reader, traces::Cost& cost) {
  cost.faults = reader.number();
  cost.preemptions = reader.number();
  cost.switches = reader.number();
  cost.steps = reader.number();
  cost.values = reader.number();
}

std::string as_bytes(const MinimiseResult& result, const std::set<sim::Place>& places) {
  sim::wire::Writer writer(sim::wire::Type::bytes);
  writer.number(static_cast<std::uint64_t>(result.kind)).text(result.text);
  sim::write(writer, result.report);
  write(writer, result.before);
  write(writer, result.after);
  writer.number(result.attempts).number(result.complete ? 1 : 0).number(places.size());
  for (const sim::Place place : places) writer.number(place.pc);
  return std::string(writer.payload());
}

std::optional<MinimiseResult> from_bytes(std::string_view bytes) {
  sim::wire::Reader reader(sim::wire::Type::bytes, bytes);
  MinimiseResult result;
  result.kind = static_cast<MinimiseResult::Kind>(reader.number());
  result.text = reader.text();
  if (!sim::read(reader, result.report)) return std::nullopt;
  read(reader, result.before);
  read(reader, result.after);
  result.attempts = reader.number();
  result.complete = reader.number() != 0;
  // To look a place up is slow the first time: done here, all processes that follow know it.
  for (std::uint64_t left = reader.number(); left != 0 && reader.ok(); --left)
    traces::source_of(sim::Place{reader.number()});
  return reader.ok() ? std::optional(std::move(result)) : std::nullopt;
}

}  // namespace

MinimiseResult Runner::minimise(std::string_view trace_text, std::uint64_t attempts_max) {
  MinimiseResult result;
  const traces::Result<traces::Trace> trace = traces::from_text(trace_text, "the trace");
  if (!trace) {
    result.text = trace.error();
    return result;
  }
  const traces::Result<Variant> variant = variant_of(*trace);
  if (!variant) {
    result.text = variant.error();
    return result;
  }
  if (!trace->finding) {
    result.text = "the trace has no finding that a smaller one could keep";
    return result;
  }
  rig_->set_up(*variant, trace->machine);
  const sim::ChildResult child = sim::call_in_child(
      [&] {
        Work work(*rig_, *trace, attempts_max);
        const MinimiseResult smaller = work.run();
        return as_bytes(smaller, work.places());
      },
      minimise_cpu_s);
  std::optional<MinimiseResult> done;
  if (!child.death) done = from_bytes(child.bytes);
  if (!done) {
    result.kind = MinimiseResult::Kind::lost;
    result.text = "an execution took its process along, so smaller ones could not be tried";
    return result;
  }
  if (done->kind == MinimiseResult::Kind::minimised && done->report.trace.empty())
    done->report = {trace->finding->kind, trace->finding->fingerprint, trace->finding->message,
                    std::string(trace_text)};
  return *std::move(done);
}

}  // namespace heddle::scenarios
