// The smallest wrong programs, each with its corrected twin: what each checker is for.
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string_view>

#include "sim/core/finding.hpp"
#include "sim/machine/world.hpp"

namespace heddle::tests {

struct Program {
  const char* name;          ///< an identifier
  std::string_view checker;  ///< whose it is to find the mistake; of CheckerSet::names
  sim::FindingKind kind;
  void (*wrong)(sim::World&);
  void (*right)(sim::World&);
  std::uint16_t cpus = 2;
};

inline void PrintTo(const Program& program, std::ostream* out) { *out << program.name; }

/// At least one for each checker.
std::span<const Program> programs();

}  // namespace heddle::tests
