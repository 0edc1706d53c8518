// A trace as a value: what it takes to repeat an execution, and what was found in it. The file that
// holds it is described in docs/trace-format.md and read and written by traces/format.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/core/event.hpp"
#include "sim/core/finding.hpp"
#include "sim/machine/config.hpp"

namespace heddle::traces {

/// One choice, with what it was made at. Names, not numbers: a trace means the same in every build.
struct Choice {
  sim::Reason reason = sim::Reason::schedule;
  std::uint32_t arity = 2;  ///< how many ways there were; at least 2
  // Reason::schedule: who steps, and the operation that it had announced.
  std::string context;
  sim::EventKind kind = sim::EventKind::yield;
  std::string object;
  // The other reasons: the way taken, 0..arity - 1.
  std::uint32_t value = 0;
  friend bool operator==(const Choice&, const Choice&) = default;
};

/// A named number or word of the workload.
struct Parameter {
  std::string name;
  std::string value;
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// What was found, as text: it stays readable when the code under test has changed.
struct Found {
  sim::FindingKind kind = sim::FindingKind::invariant;
  std::string fingerprint;  ///< 16 hexadecimal digits, see traces/report.hpp
  std::string message;      ///< one line
  friend bool operator==(const Found&, const Found&) = default;
};

struct Trace {
  std::string scenario;               ///< "family/scenario"
  std::string variant;                ///< "posted", "fixed", or defect ids; "" for no model
  std::vector<Parameter> parameters;  ///< in the scenario's order
  std::string workload;               ///< text of any number of lines; "" for none
  sim::MachineConfig machine;
  std::string strategy;         ///< "pct(3)"
  std::uint64_t seed = 0;       ///< of the campaign
  std::uint64_t execution = 0;  ///< index within the campaign
  /// heddle's version. Not the compiler: traces of two compilers are equal, byte for byte.
  std::string build;
  std::optional<Found> finding;
  std::vector<Choice> choices;  ///< in the order in which they were made
};

bool operator==(const Trace& a, const Trace& b);

}  // namespace heddle::traces
