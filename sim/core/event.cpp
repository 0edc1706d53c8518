#include "sim/core/event.hpp"

#include <array>

namespace heddle::sim {
namespace {
constexpr std::array<std::string_view, event_kind_count> words = {"lock",
                                                                  "trylock",
                                                                  "unlock",
                                                                  "spin",
                                                                  "load",
                                                                  "store",
                                                                  "exchange",
                                                                  "read",
                                                                  "write",
                                                                  "free",
                                                                  "interrupt",
                                                                  "block",
                                                                  "wake",
                                                                  "create",
                                                                  "join",
                                                                  "lock_init",
                                                                  "yield",
                                                                  "mask",
                                                                  "send",
                                                                  "receive",
                                                                  "task_start",
                                                                  "task_exit",
                                                                  "migrate",
                                                                  "task_switch",
                                                                  "interrupt_exit",
                                                                  "unmask",
                                                                  "might_sleep",
                                                                  "allocate",
                                                                  "allocate_failed",
                                                                  "assertion",
                                                                  "crash",
                                                                  "boot"};
static_assert(!words.back().empty(), "every event kind has a word");
}  // namespace

std::string_view word(EventKind kind) { return words[static_cast<std::size_t>(kind)]; }

bool event_kind_from(std::string_view text, EventKind& kind) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != text) continue;
    kind = static_cast<EventKind>(i);
    return true;
  }
  return false;
}

std::string_view word(Mask mask) {
  constexpr std::array<std::string_view, 3> masks = {"preemption", "softirq", "hardirq"};
  return masks[static_cast<std::size_t>(mask)];
}

std::string_view word(Level level) {
  constexpr std::array<std::string_view, level_count> levels = {"task", "softirq", "hardirq",
                                                                "nmi"};
  return levels[static_cast<std::size_t>(level)];
}

}  // namespace heddle::sim
