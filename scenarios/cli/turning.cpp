#include "scenarios/cli/turning.hpp"

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"

namespace heddle::cli {

using scenarios::TurningPoint;

TurningPoint turning_point(scenarios::Runner& runner, const TraceFile& file) {
  if (!file.trace.finding)
    throw InputError(fmt::format(
        "'{}' has no finding, so it has no turning point: name a second trace", file.path));
  scenarios::TurningRequest request;
  request.stop = watch_for_interrupts();
  TurningPoint point = runner.turning_point(file.text, request);
  switch (point.kind) {
    case TurningPoint::Kind::different:
      throw InputError(
          fmt::format("the trace '{}' no longer applies: {}; the code under test or the "
                      "scenario has changed since, so record it again",
                      file.path, point.text));
    case TurningPoint::Kind::lost:
    case TurningPoint::Kind::unreadable:
      throw InputError(
          fmt::format("cannot look for a turning point of '{}': {}", file.path, point.text));
    default:
      return point;
  }
}

std::string turning_reason(const TurningPoint& point) {
  const std::string tried = point.exhaustive
                                ? "all that can follow was tried"
                                : fmt::format("{} were tried, not all",
                                              counted(point.executions, "execution", "executions"));
  switch (point.kind) {
    case TurningPoint::Kind::found:
      return fmt::format("from there on the finding comes{}, whatever follows ({})",
                         point.otherwise ? ", or one that ends all before it" : "", tried);
    case TurningPoint::Kind::always:
      return fmt::format("every execution has the finding{} ({})",
                         point.otherwise ? ", or one that ends it before" : "", tried);
    case TurningPoint::Kind::unknown:
      return fmt::format("it lies ahead of step {} ({})", point.step, tried);
    default:
      return {};
  }
}

std::string turning_text(const TurningPoint& point) {
  const std::string reason = turning_reason(point);
  switch (point.kind) {
    case TurningPoint::Kind::found:
      return fmt::format("turning point: step {}: {}", point.step, reason);
    case TurningPoint::Kind::always:
      return "no turning point: " + reason;
    case TurningPoint::Kind::unknown:
      return "the turning point is not known: " + reason;
    default:
      return {};
  }
}

Json turning_json(const TurningPoint& point) {
  constexpr std::string_view kinds[] = {"found", "always", "unknown"};
  const bool is_found = point.kind == TurningPoint::Kind::found;
  return {{"kind", kinds[static_cast<std::size_t>(point.kind)]},
          {"choice", is_found ? Json(point.choice) : Json()},
          {"step", is_found ? Json(point.step) : Json()},
          {"exhaustive", point.exhaustive},
          {"otherwise", point.otherwise},
          {"executions", point.executions}};
}

std::string lanes_with_turn(std::string_view lanes, const TurningPoint& point) {
  if (point.kind != TurningPoint::Kind::found) return std::string(lanes);
  return lanes_with_line(lanes, point.step, "  ──▸ turning point: from here on it always fails");
}

}  // namespace heddle::cli
