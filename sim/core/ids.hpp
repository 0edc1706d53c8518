// Strong identifiers. Every id is dense, starts at 0 within one execution, and is assigned in the
// order in which the execution creates things, so equal choices give equal ids.
#pragma once

#include <compare>
#include <cstdint>

namespace heddle::sim {

/// An integer that cannot be mistaken for another kind of integer. `Tag` only makes types distinct.
template <class Tag, class Representation>
struct Id {
  Representation value{};

  constexpr Id() = default;
  constexpr explicit Id(Representation v) : value(v) {}
  friend constexpr auto operator<=>(Id, Id) = default;
};

/// A task or an interrupt handler of one execution; range 0..contexts_max - 1.
using ContextId = Id<struct ContextTag, std::uint16_t>;
/// A processor of the world; range 0..cpus_max - 1, numbered through all hosts.
using Cpu = Id<struct CpuTag, std::uint16_t>;
/// A machine with CPUs and memory of its own. Host 0 is the world as it is without any: it has the
/// CPUs that no other host has taken.
using HostId = Id<struct HostTag, std::uint16_t>;
/// Steps of an execution are numbered from 1; 0 stands for "before the first step".
using StepIndex = std::uint64_t;

inline constexpr std::uint16_t contexts_max = 128;
inline constexpr std::uint16_t cpus_max = 128;
inline constexpr std::uint16_t hosts_max = 64;

inline constexpr ContextId no_context{0xFFFF};

}  // namespace heddle::sim
