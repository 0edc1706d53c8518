// Repeats a trace file for the verbs that show what happens in it, and refuses what cannot be
// repeated here.
#pragma once

#include <string>

#include "scenarios/registry/runner.hpp"
#include "traces/trace.hpp"

namespace heddle::cli {

/// A trace file that was read.
struct TraceFile {
  std::string path;
  std::string text;
  traces::Trace trace;
};

/// @throws InputError if it cannot be read or is no trace.
TraceFile read_trace(const std::string& path);
/// The same of a text, which `name` stands for in messages.
TraceFile trace_of(const std::string& name, std::string text);

/// Repeats its choices; the finding need not come again. Kind is `same` or `different`.
/// @throws InputError if they do not fit the code under test, or differ from replay to replay.
scenarios::ReplayResult repeat(scenarios::Runner& runner, const TraceFile& file,
                               const scenarios::Render& render = nullptr);

}  // namespace heddle::cli
