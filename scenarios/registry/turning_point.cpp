// The turning point of a finding is searched in one child process.
#include "scenarios/registry/turning_point.hpp"

#include <atomic>
#include <new>
#include <optional>
#include <utility>

#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/runner.hpp"
#include "scenarios/registry/turning_search.hpp"
#include "sim/explore/process.hpp"
#include "sim/explore/shared_memory.hpp"
#include "sim/explore/wire.hpp"
#include "traces/format.hpp"

namespace heddle::scenarios {
namespace {

constexpr double turning_cpu_s = 120;

std::string as_bytes(const TurningPoint& point) {
  sim::wire::Writer writer(sim::wire::Type::bytes);
  writer.number(static_cast<std::uint64_t>(point.kind))
      .text(point.text)
      .number(point.choice)
      .number(point.step)
      .number(point.exhaustive ? 1 : 0)
      .number(point.otherwise ? 1 : 0)
      .number(point.executions)
      .text(point.passing);
  return std::string(writer.payload());
}

std::optional<TurningPoint> from_bytes(std::string_view bytes) {
  sim::wire::Reader reader(sim::wire::Type::bytes, bytes);
  TurningPoint point;
  point.kind = static_cast<TurningPoint::Kind>(reader.number());
  point.text = reader.text();
  point.choice = reader.number();
  point.step = reader.number();
  point.exhaustive = reader.number() != 0;
  point.otherwise = reader.number() != 0;
  point.executions = reader.number();
  point.passing = reader.text();
  return reader.ok() ? std::optional(std::move(point)) : std::nullopt;
}

}  // namespace

TurningPoint Runner::turning_point(std::string_view trace_text, const TurningRequest& request) {
  TurningPoint point;
  const traces::Result<traces::Trace> trace = traces::from_text(trace_text, "the trace");
  if (!trace) {
    point.text = trace.error();
    return point;
  }
  const traces::Result<Variant> variant = variant_of(*trace);
  if (!variant) {
    point.text = variant.error();
    return point;
  }
  if (!trace->finding) {
    point.text = "the trace has no finding that could be avoided";
    return point;
  }
  rig_->set_up(*variant, trace->machine);
  // The child ignores signals; what this process is told, it sees here.
  sim::SharedMemory memory(sizeof(std::sig_atomic_t));
  auto* const stop = new (memory.data()) volatile std::sig_atomic_t(0);
  TurningRequest own = request;
  own.stop = stop;
  const sim::ChildResult child = sim::call_in_child(
      [&] { return as_bytes(TurningSearch(*rig_, *trace, own).run()); }, turning_cpu_s,
      [&] {
        if (request.stop != nullptr && *request.stop != 0) *stop = 1;
      });
  std::optional<TurningPoint> done;
  if (!child.death) done = from_bytes(child.bytes);
  if (done) return *std::move(done);
  point.kind = TurningPoint::Kind::lost;
  point.text = "an execution took its process along, so others could not be tried";
  return point;
}

}  // namespace heddle::scenarios
