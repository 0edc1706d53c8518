// Makes a trace smaller. All attempts are made in one child process; if one takes that along, the
// trace stays as it is. The two share a block of memory: how far the child is, and that it is to
// end.
#include <atomic>
#include <ctime>
#include <new>
#include <optional>
#include <set>
#include <utility>

#include "scenarios/registry/minimising.hpp"
#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/runner.hpp"
#include "sim/explore/process.hpp"
#include "sim/explore/shared_memory.hpp"
#include "sim/explore/wire.hpp"
#include "sim/explore/worker.hpp"
#include "traces/format.hpp"
#include "traces/places.hpp"

namespace heddle::scenarios {
namespace {

/// The child ends by itself after the first, and is ended after the second.
constexpr double child_cpu_s = 100;
constexpr double minimise_cpu_s = 120;

struct Shared {
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> attempts{0};
  std::atomic<std::uint64_t> preemptions{0};
  std::atomic<std::uint64_t> steps{0};
};

double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void write(sim::wire::Writer& writer, const traces::Cost& cost) {
  const auto& [workload, faults, interrupts, crashes, messages, preemptions, switches, steps,
               values] = cost;
  for (const std::uint64_t part :
       {workload, faults, interrupts, crashes, messages, preemptions, switches, steps, values})
    writer.number(part);
}
void read(sim::wire::Reader& reader, traces::Cost& cost) {
  auto& [workload, faults, interrupts, crashes, messages, preemptions, switches, steps, values] =
      cost;
  for (std::uint64_t* part : {&workload, &faults, &interrupts, &crashes, &messages, &preemptions,
                              &switches, &steps, &values})
    *part = reader.number();
}

std::string as_bytes(const MinimiseResult& result, const std::set<sim::Place>& places) {
  sim::wire::Writer writer(sim::wire::Type::bytes);
  writer.number(static_cast<std::uint64_t>(result.kind)).text(result.text);
  sim::write(writer, result.report);
  write(writer, result.before);
  write(writer, result.after);
  writer.text(result.workload);
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
  result.workload = reader.text();
  result.attempts = reader.number();
  result.complete = reader.number() != 0;
  // To look a place up is slow the first time: done here, all processes that follow know it.
  for (std::uint64_t left = reader.number(); left != 0 && reader.ok(); --left)
    traces::source_of(sim::Place{reader.number()});
  return reader.ok() ? std::optional(std::move(result)) : std::nullopt;
}

/// In the child.
std::string minimise_here(Rig& rig, const Variant& variant, const traces::Trace& trace,
                          const MinimiseRequest& request, Shared& shared) {
  const double start_s = cpu_s();
  const Minimising::Watch watch = [&](std::uint64_t attempts, const traces::Cost& best) {
    shared.attempts = attempts;
    shared.preemptions = best.preemptions;
    shared.steps = best.steps;
    return !shared.stop && (attempts % 64 != 0 || cpu_s() - start_s < child_cpu_s);
  };
  Minimising work(rig, variant, trace, request, watch);
  const MinimiseResult smaller = work.run();
  return as_bytes(smaller, work.places());
}

}  // namespace

MinimiseResult Runner::minimise(std::string_view trace_text, const MinimiseRequest& request) {
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
  sim::SharedMemory memory(sizeof(Shared));
  Shared& shared = *new (memory.data()) Shared;
  const sim::ChildResult child = sim::call_in_child(
      [&] { return minimise_here(*rig_, *variant, *trace, request, shared); }, minimise_cpu_s,
      [&] {
        if (request.stop != nullptr && *request.stop != 0) shared.stop = true;
        if (request.on_progress)
          request.on_progress({shared.attempts, shared.preemptions, shared.steps});
      });
  std::optional<MinimiseResult> done;
  if (!child.death) done = from_bytes(child.bytes);
  if (!done) {
    result.kind = MinimiseResult::Kind::lost;
    result.text = "an execution took its process along, so smaller ones could not be tried";
    return result;
  }
  done->interrupted = shared.stop && !done->complete;
  if (done->kind == MinimiseResult::Kind::minimised && done->report.trace.empty())
    done->report = {trace->finding->kind, trace->finding->fingerprint, trace->finding->message,
                    std::string(trace_text)};
  return *std::move(done);
}

}  // namespace heddle::scenarios
