// The check that executions are a function of their choices: makes each twice, in two processes
// with different pasts, and compares.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "checkers/digest.hpp"
#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/runner.hpp"
#include "scenarios/registry/setting.hpp"
#include "sim/choice/random.hpp"
#include "sim/core/rng.hpp"
#include "sim/explore/process.hpp"
#include "sim/explore/wire.hpp"
#include "traces/describe.hpp"
#include "traces/recorder.hpp"

namespace heddle::scenarios {
namespace {

constexpr double execution_cpu_s = 10;
constexpr double pass_cpu_s = 60;

/// In which order a process makes the executions: what one leaves behind must not show in another.
enum class Pass : std::uint8_t { upwards, downwards };

std::uint64_t index_at(Pass pass, std::uint64_t position, std::uint64_t count) {
  return pass == Pass::upwards ? position : count - 1 - position;
}

/// What is compared of an execution.
struct Mark {
  std::uint64_t events = 0;     // checkers::Digest
  std::uint64_t generator = 0;  // its end state
  std::uint64_t end = 0;        // outcome and the kinds of findings
  friend bool operator==(const Mark&, const Mark&) = default;
};

class Check {
 public:
  Check(Rig& rig, const RunRequest& request, std::uint64_t count)
      : rig_(rig), request_(request), count_(count) {}

  DeterminismResult run();

 private:
  std::string marks(Pass pass);
  std::string events(Pass pass, std::uint64_t wanted);
  std::string text_of(const traces::Recording& recording) const;
  std::string first_difference(std::uint64_t index);

  Rig& rig_;
  const RunRequest& request_;
  std::uint64_t count_;
};

std::string Check::marks(Pass pass) {
  std::vector<Mark> marks(count_);
  checkers::Digest digest;
  sim::RandomChooser chooser;
  for (std::uint64_t position = 0; position < count_; ++position) {
    const std::uint64_t index = index_at(pass, position, count_);
    chooser.seed(sim::mix(request_.seed, index));
    const sim::Outcome outcome = rig_.run(chooser, {}, &digest);
    // Each kind once: places tell findings of one kind apart, and compilers merge places.
    std::set<sim::FindingKind> kinds;
    for (const sim::Finding& finding : rig_.machine().findings()) kinds.insert(finding.kind);
    std::uint64_t end = static_cast<std::uint64_t>(outcome);
    for (const sim::FindingKind kind : kinds) end = sim::mix(end, static_cast<std::uint64_t>(kind));
    marks[index] = {digest.value(), chooser.end_state(), end};
  }
  sim::wire::Writer writer(sim::wire::Type::bytes);
  for (const Mark& mark : marks) writer.number(mark.events).number(mark.generator).number(mark.end);
  return std::string(writer.payload());
}

/// Makes the executions of the pass up to `wanted`, and tells that one's events.
std::string Check::events(Pass pass, std::uint64_t wanted) {
  sim::RandomChooser chooser;
  for (std::uint64_t position = 0;; ++position) {
    const std::uint64_t index = index_at(pass, position, count_);
    chooser.seed(sim::mix(request_.seed, index));
    if (index != wanted) {
      rig_.run(chooser, {});
      continue;
    }
    traces::Recorder recorder(chooser);
    rig_.run(recorder, {}, &recorder);
    return text_of(recorder.recording());
  }
}

std::string Check::text_of(const traces::Recording& recording) const {
  std::string text;
  for (const traces::RecordedEvent& recorded : recording.events) {
    const sim::Event& event = recorded.event;
    const std::size_t context = event.context.value;
    text +=
        fmt::format("step {}: {} {}{}{}{}{}\n", event.step,
                    context < recording.contexts.size() ? recording.contexts[context].name : "?",
                    word(event.kind), recorded.object.empty() ? "" : " ", recorded.object,
                    recorded.value.empty() ? "" : " = ", recorded.value);
  }
  text += fmt::format("the end: {}", word(recording.outcome));
  for (const traces::RecordedFinding& finding : recording.findings)
    text += fmt::format("\nfound: {}", finding.message);
  return text;
}

std::string Check::first_difference(std::uint64_t index) {
  const auto tell = [&](Pass pass) {
    return sim::call_in_child([&] { return events(pass, index); }, pass_cpu_s).bytes;
  };
  const std::string once = tell(Pass::upwards);
  const std::string again = tell(Pass::downwards);
  std::size_t line = 0;
  const std::size_t length = std::min(once.size(), again.size());
  for (std::size_t i = 0; i < length && once[i] == again[i]; ++i)
    if (once[i] == '\n') line = i + 1;
  const auto line_of = [line](const std::string& text) {
    return line < text.size() ? text.substr(line, text.find('\n', line) - line)
                              : std::string("nothing more");
  };
  if (once == again)
    return fmt::format(
        "execution {}: the same events, but values in them or the generator's end "
        "states differ",
        index);
  return fmt::format("execution {}: once “{}”, and again “{}”", index, line_of(once),
                     line_of(again));
}

DeterminismResult Check::run() {
  const double cpu_s = pass_cpu_s + execution_cpu_s * static_cast<double>(count_);
  const auto pass = [&](Pass p) { return sim::call_in_child([&] { return marks(p); }, cpu_s); };
  const sim::ChildResult once = pass(Pass::upwards);
  const sim::ChildResult again = pass(Pass::downwards);
  DeterminismResult result;
  if (once.death || again.death) {
    result.difference =
        "a process was lost before anything could be compared: `heddle run` finds "
        "the execution that it was lost in";
    return result;
  }
  sim::wire::Reader a(sim::wire::Type::bytes, once.bytes);
  sim::wire::Reader b(sim::wire::Type::bytes, again.bytes);
  const auto read_mark = [](sim::wire::Reader& reader) {
    Mark mark;
    mark.events = reader.number();
    mark.generator = reader.number();
    mark.end = reader.number();
    return mark;
  };
  for (; result.executions < count_; ++result.executions) {
    const Mark mark = read_mark(a);
    if (mark != read_mark(b)) {
      result.difference = first_difference(result.executions);
      return result;
    }
    for (std::uint64_t part : {mark.events, mark.generator, mark.end})
      result.fingerprint = sim::mix(result.fingerprint, part);
  }
  result.deterministic = true;
  return result;
}

}  // namespace

DeterminismResult Runner::check_determinism(const RunRequest& request, std::uint64_t count) {
  Variant variant = request.variant;
  if (has_generated_workloads(request)) {
    // The 11th is of middle size.
    const WorkloadType& type = *variant.scenario->workload;
    variant.workload = generate_workload(type, request.seed, 10)->text();
  }
  rig_->set_up(variant, config_of(request));
  return Check(*rig_, request, count).run();
}

}  // namespace heddle::scenarios
