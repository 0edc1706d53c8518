// A processor: who is on it, and whom it would let step next.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/core/context_set.hpp"
#include "sim/core/event.hpp"

namespace heddle::sim {

struct CpuState {
  ContextSet tasks;                ///< living here, finished ones excluded
  ContextSet sources;              ///< interrupt sources, by the contexts of their handlers
  ContextId current = no_context;  ///< the task that the CPU is on; no_context when it is idle
  bool gives_way = false;          ///< the current task lets others run here (cond_resched)
  std::uint8_t residents = 0;      ///< how many contexts were ever created here, "boot" excluded
  std::uint8_t handlers_running = 0;
  std::array<ContextId, level_count> handlers{};  ///< innermost last
  /// By level: who keeps others of that level off, as the footprint was last told.
  std::array<ContextId, level_count> keepers{};
  std::uint8_t keepers_depth = 0;  ///< how many handlers were running then
  std::uint8_t boots = 0;          ///< how often its host has crashed so far
  HostId host;

  /// Back to a CPU that nobody has ever lived on. Field by field: an object built aside and copied
  /// waits for its own stores.
  void clear() {
    tasks = sources = ContextSet{};
    current = no_context;
    gives_way = false;
    residents = handlers_running = keepers_depth = 0;
    keepers.fill(no_context);
    boots = 0;
    host = HostId{};
  }

  /// Is anybody kept off, as the footprint was last told?
  bool is_kept() const {
    return std::any_of(keepers.begin(), keepers.end(),
                       [](ContextId id) { return id != no_context; });
  }
  ContextSet all() const { return tasks | sources; }
  /// Does more than one context live here, so that keeping the CPU can matter to somebody?
  bool crowded() const { return all().count() > 1; }
  /// Have two contexts ever lived here? Then what they mask orders them, also after one has ended.
  bool shared() const { return residents > 1; }
  /// Who executes here now: the innermost handler, else the current task, else no_context.
  ContextId innermost() const {
    return handlers_running != 0 ? handlers[handlers_running - 1u] : current;
  }
};

}  // namespace heddle::sim
