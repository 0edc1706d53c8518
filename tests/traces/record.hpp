// From a scenario body to a trace, as campaigns do it: explore until something is found, then
// repeat those choices and write everything down.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "checkers/set.hpp"
#include "tests/support/explore.hpp"
#include "tests/traces/bodies.hpp"
#include "traces/describe.hpp"
#include "traces/recorder.hpp"
#include "traces/replay.hpp"
#include "traces/report.hpp"
#include "traces/trace.hpp"

namespace heddle::tests {

/// Lets the named contexts step, one for each choice; then, and where the next one cannot step, the
/// one that did last, or the first that can. Numbers stand for other choices.
class Script final : public sim::Chooser {
 public:
  Script(const sim::Machine& machine, std::vector<std::string> names)
      : machine_(machine), names_(std::move(names)) {}

  sim::ContextId schedule(const sim::SchedulePoint& point) override {
    if (position_ < names_.size())
      for (sim::ContextSet rest = point.enabled; !rest.empty(); rest.remove(rest.first()))
        if (traces::is_called(machine_, rest.first(), names_[position_])) {
          ++position_;
          return rest.first();
        }
    return point.last_is_enabled() ? point.last : point.enabled.first();
  }
  std::uint32_t value(sim::Reason, std::uint32_t arity) override {
    if (position_ == names_.size()) return 0;
    return static_cast<std::uint32_t>(std::stoul(names_[position_++])) % arity;
  }

 private:
  const sim::Machine& machine_;
  std::vector<std::string> names_;
  std::size_t position_ = 0;
};

struct Recorded {
  traces::Trace trace;
  traces::Recording recording;
};

/// Runs the script, or without one seeds 0, 1, …, until it finds something of this kind, and
/// records that execution.
template <class Body>
std::optional<Recorded> record(const char* scenario, const sim::MachineConfig& config,
                               sim::FindingKind kind, Body&& body,
                               const std::vector<std::string>& script = {}) {
  checkers::CheckerSet checkers;
  sim::Machine& machine = tests::machine();
  machine.configure(config);
  std::optional<Recorded> result;
  for (std::uint64_t seed = 0; seed < (script.empty() ? 500 : 1) && !result; ++seed) {
    sim::RandomChooser random(seed);
    Script scripted(machine, script);
    traces::Recorder recorder(script.empty() ? static_cast<sim::Chooser&>(random) : scripted);
    machine.detach_all();
    checkers.attach_to(machine);
    machine.attach(recorder);
    run_once([&](sim::World& world) { body(world); }, recorder);
    for (const sim::Finding& finding : machine.findings()) {
      if (finding.kind != kind) continue;
      Recorded& recorded = result.emplace();
      recorded.recording = recorder.recording();
      recorded.trace.scenario = scenario;
      recorded.trace.machine = config;
      recorded.trace.strategy = script.empty() ? "random" : "script";
      recorded.trace.seed = seed;
      recorded.trace.choices = recorded.recording.choices;
      recorded.trace.finding = {kind, traces::fingerprint(finding),
                                traces::message(machine, finding, traces::PlaceStyle::function)};
      break;
    }
  }
  machine.detach_all();
  return result;
}

/// What a replay gave.
struct Replayed {
  traces::ReplayResult result = traces::ReplayResult::complete;
  std::string difference;
  std::vector<std::string> fingerprints;
};

/// Replays the trace on the machine that it names, under all checkers.
template <class Body>
Replayed replay(const traces::Trace& trace, Body&& body) {
  checkers::CheckerSet checkers;
  sim::Machine& machine = tests::machine();
  machine.configure(trace.machine);
  machine.detach_all();
  checkers.attach_to(machine);
  traces::TraceChooser chooser(trace, machine);
  run_once([&](sim::World& world) { body(world); }, chooser);
  Replayed replayed{chooser.result(), chooser.difference(), {}};
  for (const sim::Finding& finding : machine.findings())
    replayed.fingerprints.push_back(traces::fingerprint(finding));
  machine.detach_all();
  return replayed;
}

/// A script by which two adders lose an update.
inline const std::vector<std::string> both_read_first = {"adder.1", "adder.2", "adder.1",
                                                         "adder.2"};

/// A machine on which accesses to a Counter's value are steps of their own.
inline sim::MachineConfig racing_counter(std::uint16_t cpus) {
  sim::MachineConfig config = with_cpus(cpus);
  config.interleave = sim::Interleave::racy;
  config.racy = {{typeid(Counter).name(), 0, sizeof(int)}};
  return config;
}

/// The same for a Node's payload.
inline sim::MachineConfig racing_node() {
  sim::MachineConfig config = with_cpus(2);
  config.interleave = sim::Interleave::racy;
  config.racy = {{"kmalloc", offsetof(Node, payload), sizeof(int)}};
  return config;
}

}  // namespace heddle::tests
