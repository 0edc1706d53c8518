// A generated workload on dynamic_debug: who stores on which CPU in which context, who reads which
// file how, and who resizes and truncates meanwhile.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rapidcheck.h>

#include "traces/result.hpp"

namespace heddle::scenarios::dynamic_debug {

inline constexpr std::uint16_t cpus = 2;
inline constexpr std::size_t actors_max = 4;
inline constexpr std::size_t acts_max = 4;

/// What an actor does, in order. In interrupts all but store is passed over.
struct Act {
  enum class Kind : std::uint8_t { store, pipe, trace, resize, truncate, count_ };
  Kind kind = Kind::store;
  /// store: more letters; pipe, trace: bytes of a read, as a power of 2; resize: pages.
  std::uint8_t number = 0;
  friend bool operator==(const Act&, const Act&) = default;
};
inline constexpr std::uint8_t number_max = 7;

struct Actor {
  enum class Context : std::uint8_t { task, softirq, irq, nmi, count_ };
  Context context = Context::task;
  std::uint16_t cpu = 0;
  std::vector<Act> acts;
  friend bool operator==(const Actor&, const Actor&) = default;
};

struct Plan {
  std::uint8_t per_page = 1;  ///< how many of the shortest messages a page holds, 1..3
  std::vector<Actor> actors;
  friend bool operator==(const Plan&, const Plan&) = default;

  std::string text() const;
  static traces::Result<Plan> parse(std::string_view text);
};

}  // namespace heddle::scenarios::dynamic_debug

template <>
struct rc::Arbitrary<heddle::scenarios::dynamic_debug::Plan> {
  static rc::Gen<heddle::scenarios::dynamic_debug::Plan> arbitrary();
};
