// A finding's turning point: how it is asked for and told.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/cli/output.hpp"
#include "scenarios/cli/repeat.hpp"
#include "scenarios/registry/runner.hpp"
#include "scenarios/registry/turning_point.hpp"

namespace heddle::cli {

/// Searches it, until a signal comes. @throws InputError where the trace cannot be repeated.
scenarios::TurningPoint turning_point(scenarios::Runner& runner, const TraceFile& file);

/// Why it is there, and how sure that is. "" for the kinds that are errors.
std::string turning_reason(const scenarios::TurningPoint& point);
/// The same as a sentence of its own, with the step.
std::string turning_text(const scenarios::TurningPoint& point);
/// As docs/json.md describes it.
Json turning_json(const scenarios::TurningPoint& point);

/// The lanes with a line that marks it, ahead of its step's row.
std::string lanes_with_turn(std::string_view lanes, const scenarios::TurningPoint& point);

}  // namespace heddle::cli
