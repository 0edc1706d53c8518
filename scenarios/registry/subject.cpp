#include "scenarios/registry/subject.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sim/choice/replay.hpp"
#include "sim/core/check.hpp"
#include "traces/format.hpp"
#include "traces/lanes.hpp"
#include "traces/places.hpp"
#include "traces/report.hpp"

namespace heddle::scenarios {
namespace {

/// A racy field as a fact: "24+8 lu_ref_link".
std::string fact_of(const sim::RacyField& field) {
  return fmt::format("{}+{} {}", field.offset, field.size, field.label);
}

sim::RacyField field_of(std::string_view fact) {
  sim::RacyField field;
  const char* const end = fact.data() + fact.size();
  const auto offset = std::from_chars(fact.data(), end, field.offset);
  HEDDLE_CHECK(offset.ec == std::errc{} && offset.ptr != end && *offset.ptr == '+',
               "a fact begins with an offset");
  const auto size = std::from_chars(offset.ptr + 1, end, field.size);
  HEDDLE_CHECK(size.ec == std::errc{} && size.ptr != end && *size.ptr == ' ',
               "a fact goes on with a size");
  field.label.assign(size.ptr + 1, end);
  return field;
}

bool is_same(const sim::Finding& a, const sim::Finding& b) {
  if (a.kind != b.kind || a.actor_count != b.actor_count || std::strcmp(a.detail, b.detail) != 0)
    return false;
  for (std::size_t i = 0; i < a.actor_count; ++i)
    if (a.actors[i].place != b.actors[i].place) return false;
  return true;
}

/// Makes choices up to a number, and notes the last one instead of letting it be executed.
class StopAt final : public sim::Chooser {
 public:
  StopAt(sim::Chooser& chooser, std::size_t count) : chooser_(chooser), left_(count) {}

  sim::ContextId schedule(const sim::SchedulePoint& point) override {
    const sim::ContextId chosen = chooser_.schedule(point);
    if (chosen == sim::no_context || --left_ != 0) return chosen;
    last = {chosen, point.step + 1, point.operation(chosen).place,
            "takes the last step that was chosen, on", point.operation(chosen).object};
    return sim::no_context;
  }
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override {
    const std::uint32_t chosen = chooser_.value(reason, arity);
    return chosen == give_up || --left_ != 0 ? chosen : give_up;
  }

  sim::Actor last;

 private:
  sim::Chooser& chooser_;
  std::size_t left_;
};

}  // namespace

traces::Trace trace_header(const Variant& variant, const sim::MachineConfig& config,
                           std::string strategy, std::uint64_t seed) {
  traces::Trace trace;
  trace.scenario = variant.scenario->name;
  trace.variant = variant.scenario->model != nullptr ? variant.name : "";
  trace.workload = variant.workload;
  trace.machine = config;
  trace.strategy = std::move(strategy);
  trace.seed = seed;
  trace.build = HEDDLE_VERSION;
  return trace;
}

sim::Report report_of(traces::Trace header, const traces::Recording& recording,
                      const traces::RecordedFinding& finding) {
  header.finding = {finding.finding.kind, finding.fingerprint, finding.headline};
  header.choices = recording.choices;
  const std::string rendering =
      recording.contexts.empty() ? std::string() : traces::lanes(header, recording);
  sim::Report report{finding.finding.kind, finding.fingerprint, finding.message,
                     traces::to_text(header, rendering)};
  for (std::size_t i = 0; i < finding.finding.actor_count && i < finding.actors.size(); ++i) {
    const sim::Place place = finding.finding.actors[i].place;
    const traces::SourcePlace source =
        place.pc == 0 ? traces::SourcePlace{} : traces::source_of(place);
    report.places.push_back({finding.actors[i].text, source.function, source.file, source.line});
  }
  return report;
}

std::string words_for(const sim::Death& death) {
  switch (death.cause) {
    case sim::Death::Cause::signal:
      return fmt::format("the process was killed by signal {} ({})", death.number,
                         strsignal(death.number));
    case sim::Death::Cause::hang:
      return "the process went on without a choice, and was killed";
    case sim::Death::Cause::exit:
      return fmt::format("the process exited with status {}", death.number);
  }
  return {};
}

traces::Recording record_death(Rig& rig, const std::string& detail, sim::Chooser& chooser,
                               std::size_t choices, const traces::CausalOrder* order) {
  traces::RecordedFinding lost;
  lost.finding.kind = sim::FindingKind::crash;
  lost.finding.detail = detail.c_str();
  lost.detail = detail;
  traces::Recording recording;
  if (choices != 0) {  // else there is nothing that could be repeated and does not die
    traces::Recorder recorder(chooser, order);
    StopAt stop(recorder, choices);
    rig.run(stop, {}, &recorder);
    recording = recorder.recording();
    if (stop.last.context != sim::no_context) {
      lost.finding.add(stop.last);
      lost.finding.step = stop.last.step;
      lost.actors.push_back({traces::actor_text(rig.machine(), stop.last),
                             traces::object_name(rig.machine(), stop.last.object)});
    }
  }
  lost.message = traces::message(rig.machine(), lost.finding);
  lost.headline = traces::message(rig.machine(), lost.finding, traces::PlaceStyle::function);
  lost.fingerprint = traces::fingerprint(lost.finding);
  recording.findings.push_back(lost);
  return recording;
}

sim::Report report_of_death(Rig& rig, traces::Trace header, const sim::Death& death,
                            sim::Chooser& chooser, std::size_t choices) {
  const std::string detail = words_for(death);
  const traces::Recording recording = record_death(rig, detail, chooser, choices);
  return report_of(std::move(header), recording, recording.findings.back());
}

ScenarioSubject::ScenarioSubject(Rig& rig, traces::Trace header)
    : rig_(rig), header_(std::move(header)) {}

void ScenarioSubject::begin_phase(std::span<const std::string> facts) {
  if (header_.machine.interleave != sim::Interleave::racy) return;
  header_.machine.racy.clear();
  for (const std::string& fact : facts) header_.machine.racy.push_back(field_of(fact));
  std::sort(header_.machine.racy.begin(), header_.machine.racy.end());
  rig_.configure(header_.machine);
}

void ScenarioSubject::take_facts(std::vector<std::string>& facts) {
  const std::vector<sim::RacyField>& fields = rig_.race().racy_fields();
  if (fields.size() == told_.size()) return;
  for (const sim::RacyField& field : fields)
    if (told_.insert(field).second) facts.push_back(fact_of(field));
}

sim::Report ScenarioSubject::describe(const sim::Finding& finding, std::uint64_t index,
                                      std::span<const sim::Choice> choices) {
  const sim::Finding wanted = finding;
  sim::ReplayChooser replay(choices);
  traces::Recorder recorder(replay);
  rig_.run(recorder, {}, &recorder);
  const traces::Recording recording = recorder.recording();
  traces::Trace header = header_;
  header.execution = index;
  for (const traces::RecordedFinding& found : recording.findings)
    if (is_same(found.finding, wanted)) return report_of(std::move(header), recording, found);

  traces::RecordedFinding unsteady;
  unsteady.finding.kind = sim::FindingKind::nondeterminism;
  unsteady.finding.detail = "a finding did not come again when its choices were repeated";
  unsteady.detail = unsteady.finding.detail;
  unsteady.message = fmt::format("{} ({}: {})", unsteady.detail, word(wanted.kind), wanted.detail);
  unsteady.headline = unsteady.message;
  unsteady.fingerprint = traces::fingerprint(unsteady.finding);
  return report_of(std::move(header), recording, unsteady);
}

sim::Report ScenarioSubject::describe(const sim::Death& death, std::uint64_t index,
                                      std::span<const sim::Choice> choices) {
  traces::Trace header = header_;
  header.execution = index;
  sim::ReplayChooser replay(choices);
  return report_of_death(rig_, std::move(header), death, replay, choices.size());
}

}  // namespace heddle::scenarios
