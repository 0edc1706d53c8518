// Repeats a trace in a process of its own.
#include "traces/replay.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/runner.hpp"
#include "scenarios/registry/subject.hpp"
#include "sim/explore/process.hpp"
#include "sim/explore/wire.hpp"
#include "sim/explore/worker.hpp"
#include "traces/format.hpp"
#include "traces/recorder.hpp"

namespace heddle::scenarios {
namespace {

constexpr double replay_cpu_s = 60;

/// What the process that repeats an execution tells of it.
struct Repeated {
  traces::ReplayResult fit = traces::ReplayResult::diverged;
  std::string difference;
  std::vector<sim::Report> findings;
  std::string rendering;
};

std::string repeat(Rig& rig, const traces::Trace& trace, const Render& render) {
  traces::TraceChooser chooser(trace, rig.machine());
  traces::Recorder recorder(chooser, render ? &rig.order() : nullptr);
  rig.run(recorder, {}, &recorder);
  sim::wire::Writer writer(sim::wire::Type::bytes);
  const traces::Recording recording = recorder.recording();
  writer.number(static_cast<std::uint64_t>(chooser.result()))
      .text(chooser.difference())
      .number(recording.findings.size());
  for (const traces::RecordedFinding& finding : recording.findings)
    write(writer, report_of(trace, recording, finding));
  writer.text(render ? render(trace, recording) : "");
  return std::string(writer.payload());
}

std::optional<Repeated> read_repeated(std::string_view bytes) {
  sim::wire::Reader reader(sim::wire::Type::bytes, bytes);
  Repeated repeated;
  repeated.fit = static_cast<traces::ReplayResult>(reader.number());
  repeated.difference = reader.text();
  for (std::uint64_t left = reader.number(); left != 0; --left) {
    sim::Report report;
    if (!read(reader, report)) return std::nullopt;
    repeated.findings.push_back(std::move(report));
  }
  repeated.rendering = reader.text();
  return reader.ok() ? std::optional(std::move(repeated)) : std::nullopt;
}

/// The finding that the death of the process is; nothing if it cannot be told.
std::optional<Repeated> describe_death(Rig& rig, const traces::Trace& trace,
                                       const sim::Death& death, const Render& render) {
  const sim::ChildResult described = sim::call_in_child(
      [&] {
        traces::TraceChooser chooser(trace, rig.machine());
        const std::string detail = words_for(death);
        const traces::Recording recording = record_death(rig, detail, chooser, trace.choices.size(),
                                                         render ? &rig.order() : nullptr);
        sim::wire::Writer writer(sim::wire::Type::bytes);
        write(writer, report_of(trace, recording, recording.findings.back()));
        writer.text(render && !recording.contexts.empty() ? render(trace, recording) : "");
        return std::string(writer.payload());
      },
      replay_cpu_s);
  sim::wire::Reader reader(sim::wire::Type::bytes, described.bytes);
  sim::Report report;
  Repeated repeated;
  repeated.fit = traces::ReplayResult::complete;
  if (described.death || !read(reader, report)) return std::nullopt;
  repeated.findings.push_back(std::move(report));
  repeated.rendering = reader.text();
  return repeated;
}

/// What came of it, in view of what was to come.
ReplayResult compare(const traces::Trace& trace, Repeated repeated) {
  ReplayResult result;
  result.findings = std::move(repeated.findings);
  result.rendering = std::move(repeated.rendering);
  if (repeated.fit == traces::ReplayResult::diverged) {
    result.kind = ReplayResult::Kind::diverged;
    result.text = repeated.difference;
    return result;
  }
  for (const sim::Report& report : result.findings) {
    if (!trace.finding || report.fingerprint != trace.finding->fingerprint) continue;
    result.kind = ReplayResult::Kind::same;
    result.text = report.message;
    return result;
  }
  if (repeated.fit != traces::ReplayResult::complete) {
    result.kind = ReplayResult::Kind::diverged;
    result.text = repeated.difference;
  } else if (!trace.finding && result.findings.empty()) {
    result.kind = ReplayResult::Kind::same;
    result.text = "the execution is repeated, and nothing is found in it";
  } else {
    result.kind = ReplayResult::Kind::different;
    result.text =
        fmt::format("the choices fit, but instead of “{}”, {}",
                    trace.finding ? trace.finding->message : "nothing is found",
                    result.findings.empty()
                        ? "nothing is found"
                        : fmt::format("this is found: {}", result.findings.front().message));
  }
  return result;
}

}  // namespace

ReplayResult Runner::replay(std::string_view trace_text, const Render& render) {
  ReplayResult result;
  const traces::Result<traces::Trace> read = traces::from_text(trace_text, "the trace");
  if (!read) {
    result.text = read.error();
    return result;
  }
  const traces::Trace& trace = *read;
  const traces::Result<Variant> variant = variant_of(trace);
  if (!variant) {
    result.text = variant.error();
    return result;
  }
  rig_->set_up(*variant, trace.machine);
  const sim::ChildResult child =
      sim::call_in_child([&] { return repeat(*rig_, trace, render); }, replay_cpu_s);
  std::optional<Repeated> repeated =
      child.death ? describe_death(*rig_, trace, *child.death, render) : read_repeated(child.bytes);
  if (!repeated && child.death) {
    result.kind = ReplayResult::Kind::lost;
    result.text =
        fmt::format("{}; the one that was to tell where was lost as well: is memory short?",
                    words_for(*child.death));
    return result;
  }
  if (!repeated) {
    result.text = "the replay's result is too large to be told";
    return result;
  }
  return compare(trace, *std::move(repeated));
}

}  // namespace heddle::scenarios
