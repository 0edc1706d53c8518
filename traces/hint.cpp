#include "traces/hint.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace heddle::traces {
namespace {

using sim::Level;

/// The row with this number; nullptr if there is none.
const StoryRow* numbered(const StoryRows& story, unsigned number) {
  const auto found = std::find_if(story.rows.begin(), story.rows.end(),
                                  [&](const StoryRow& row) { return row.number == number; });
  return found == story.rows.end() ? nullptr : &*found;
}

std::string_view what_to_turn_off(Level handler) {
  return handler == Level::softirq ? "softirqs" : "interrupts";
}

/// A lock that one side holds orders the two as soon as the other takes it, too; a handler on the
/// same CPU needs masking. Locks that both hold have not helped, so then nothing is said.
std::string hint_for_race(const Recording& recording, const StoryRow& a, const StoryRow& b) {
  const auto level = [&](const StoryRow& row) {
    return recording.contexts[row.context.value].level;
  };
  if (a.cpu == b.cpu && level(a) != level(b)) {
    const StoryRow& outer = level(a) < level(b) ? a : b;
    const StoryRow& handler = level(a) < level(b) ? b : a;
    if (level(handler) == Level::nmi) return {};
    return fmt::format("with {} off in {}, {} could not land between its accesses",
                       what_to_turn_off(level(handler)),
                       recording.contexts[outer.context.value].name,
                       recording.contexts[handler.context.value].name);
  }
  const auto& one = a.holds.empty() ? b : a;
  const auto& other = a.holds.empty() ? a : b;
  if (one.holds.empty() || !other.holds.empty()) return {};
  return fmt::format("if {} took {} as well, the two accesses would be ordered",
                     recording.contexts[other.context.value].name, one.holds.back());
}

std::string hint_for_order(const RecordedFinding& finding) {
  std::vector<std::string> locks;
  for (std::size_t i = 0; i < finding.actors.size(); ++i) {
    const std::string_view verb = finding.finding.actors[i].verb;
    for (const std::string_view what : {"softirqs", "interrupts"})
      if (verb.ends_with(fmt::format("with {} on", what)))
        return fmt::format(
            "taken with {} off, {} could not be asked for by a handler that has "
            "interrupted its holder",
            what, finding.actors[i].object);
    const std::string& lock = finding.actors[i].object;
    if (!lock.empty() && std::find(locks.begin(), locks.end(), lock) == locks.end())
      locks.push_back(lock);
  }
  if (locks.size() < 2) return {};
  std::sort(locks.begin(), locks.end());
  return fmt::format("taken in one order everywhere, {} could not wait for each other",
                     fmt::join(locks, " and "));
}

}  // namespace

std::string hint_for(const Recording& recording, const RecordedFinding& finding,
                     const StoryRows& story) {
  if (finding.finding.kind == sim::FindingKind::lock_order) return hint_for_order(finding);
  if (finding.finding.kind != sim::FindingKind::data_race) return {};
  const StoryRow* first = numbered(story, 1);
  const StoryRow* second = numbered(story, 2);
  return first == nullptr || second == nullptr ? std::string{}
                                               : hint_for_race(recording, *first, *second);
}

}  // namespace heddle::traces
