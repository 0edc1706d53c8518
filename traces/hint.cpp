#include "traces/hint.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace heddle::traces {
namespace {

using sim::Actor;
using sim::EventKind;
using sim::FindingKind;
using sim::Level;

using Locks = std::vector<std::string>;

bool holds(const StoryRow& row, const std::string& lock) {
  return std::find(row.holds.begin(), row.holds.end(), lock) != row.holds.end();
}

class Hints {
 public:
  Hints(const Recording& recording, const RecordedFinding& finding, const StoryRows& story)
      : recording_(recording), finding_(finding), story_(story) {}

  std::string hint() const {
    std::string text = of_kind();
    if (text.empty()) text = of_earlier_finding();
    return text.empty() ? of_failed_allocation() : text;
  }

 private:
  const sim::Finding& finding() const { return finding_.finding; }
  const std::string& name(sim::ContextId id) const { return recording_.contexts[id.value].name; }
  Level level(const StoryRow& row) const { return recording_.contexts[row.context.value].level; }
  const sim::Event* event_of(const StoryRow& row) const {
    return row.event ? &recording_.events[*row.event].event : nullptr;
  }

  std::string of_kind() const {
    switch (finding().kind) {
      case FindingKind::data_race:
        return of_race();
      case FindingKind::lock_order:
        return of_order();
      case FindingKind::deadlock:
        return of_circle();
      case FindingKind::use_after_free:
      case FindingKind::double_free:
        return of_freed();
      case FindingKind::out_of_bounds:
        return of_bounds();
      case FindingKind::uninitialised:
        return of_contents();
      case FindingKind::wrong_context:
        return of_atomic();
      case FindingKind::hung_task:
        return of_wait();
      default:
        return {};
    }
  }

  /// The row with this number; nullptr if there is none.
  const StoryRow* numbered(unsigned number) const {
    const auto found = std::find_if(story_.rows.begin(), story_.rows.end(),
                                    [&](const StoryRow& row) { return row.number == number; });
    return found == story_.rows.end() ? nullptr : &*found;
  }

  /// The row that stands for this actor; nullptr if there is none.
  const StoryRow* row_of(std::size_t index) const {
    if (index >= finding().actor_count) return nullptr;
    const Actor& actor = finding().actors[index];
    const auto found =
        std::find_if(story_.rows.begin(), story_.rows.end(), [&](const StoryRow& row) {
          return row.number != 0 && row.context == actor.context && row.at == actor.place &&
                 row.step == actor.step;
        });
    return found == story_.rows.end() ? nullptr : &*found;
  }

  /// Where the context of `row` took a lock that it holds there; nullptr if that has no row.
  const StoryRow* taken(const StoryRow& row, const std::string& lock) const {
    const StoryRow* last = nullptr;
    for (const StoryRow& other : story_.rows) {
      if (&other == &row) break;
      const sim::Event* event = event_of(other);
      if (event == nullptr || other.context != row.context || other.object != lock) continue;
      if (event->kind == EventKind::lock || event->kind == EventKind::trylock) last = &other;
    }
    return last;
  }

  // ---- races and orders ------------------------------------------------------------------------

  /// A lock that one side holds orders the two as soon as the other takes it, too; a handler on the
  /// same CPU needs masking. Locks that both hold have not helped, so then nothing is said.
  std::string of_race() const {
    const StoryRow* first = numbered(1);
    const StoryRow* second = numbered(2);
    if (first == nullptr || second == nullptr) return {};
    if (first->cpu == second->cpu && level(*first) != level(*second)) {
      const bool is_outer = level(*first) < level(*second);
      return of_masking(is_outer ? *first : *second, is_outer ? *second : *first);
    }
    const StoryRow& one = first->holds.empty() ? *second : *first;
    const StoryRow& other = first->holds.empty() ? *first : *second;
    if (one.holds.empty() || !other.holds.empty()) return {};
    return fmt::format("if {} took {} as well, the two accesses would be ordered",
                       name(other.context), one.holds.back());
  }

  std::string of_masking(const StoryRow& outer, const StoryRow& handler) const {
    if (level(handler) == Level::nmi) return {};
    return fmt::format("with {} off in {}, {} could not land between its accesses",
                       level(handler) == Level::softirq ? "softirqs" : "interrupts",
                       name(outer.context), name(handler.context));
  }

  /// The objects of the actors, each once.
  Locks objects() const {
    Locks locks;
    for (const RecordedActor& actor : finding_.actors)
      if (!actor.object.empty() &&
          std::find(locks.begin(), locks.end(), actor.object) == locks.end())
        locks.push_back(actor.object);
    std::sort(locks.begin(), locks.end());
    return locks;
  }

  std::string of_order() const {
    for (std::size_t i = 0; i < finding_.actors.size(); ++i) {
      const std::string_view how = finding().actors[i].how;
      for (const std::string_view what : {"softirqs", "interrupts"})
        if (how == fmt::format("with {} on", what))
          return fmt::format(
              "taken with {} off, {} could not be asked for by a handler that has "
              "interrupted its holder",
              what, finding_.actors[i].object);
    }
    return in_one_order();
  }

  std::string in_one_order() const {
    const Locks locks = objects();
    if (locks.size() < 2) return {};
    return fmt::format("taken in one order everywhere, {} could not wait for each other",
                       fmt::join(locks, " and "));
  }

  /// Only of locks: whoever waits for one that nobody of the circle holds waits for something else.
  std::string of_circle() const {
    for (std::size_t i = 0; i < finding().actor_count; ++i) {
      const std::string& lock = finding_.actors[i].object;
      const bool is_held =
          std::any_of(story_.rows.begin(), story_.rows.end(),
                      [&](const StoryRow& row) { return row.number != 0 && holds(row, lock); });
      if (!is_held) return {};
    }
    return in_one_order();
  }

  // ---- memory ----------------------------------------------------------------------------------

  /// Who uses freed memory, and who freed it: did a lock stand between the two?
  std::string of_freed() const {
    const StoryRow* use = row_of(0);
    const StoryRow* free = row_of(1);
    if (use == nullptr || free == nullptr) return {};
    const std::string& user = name(use->context);
    const std::string& freer = name(free->context);
    if (use->context == free->context)
      return fmt::format("{} has freed it itself, {}", user, before(use->step - free->step));
    for (const std::string& lock : use->holds) {
      const StoryRow* since = taken(*use, lock);
      if (since != nullptr && since < free && !holds(*free, lock))
        return fmt::format("{} holds {} from step {} on: if {} took it to free, it would wait",
                           user, lock, since->step, freer);
      if (since != nullptr && since > free && holds(*free, lock))
        return fmt::format(
            "{} frees under {}, and {} takes {} only after that: it could look there whether "
            "the block is gone",
            freer, lock, user, lock);
    }
    if (!use->holds.empty() || !free->holds.empty())
      return fmt::format("no lock is held both where {} frees and where {} uses it", freer, user);
    return fmt::format("neither {} nor {} holds a lock there, so none keeps the two apart", freer,
                       user);
  }

  static std::string before(sim::StepIndex count) {
    return count == 0   ? "just before"
           : count == 1 ? "a step before"
                        : fmt::format("{} steps before", count);
  }

  /// The event with which the block was allocated that the finding is about.
  const sim::Event* allocation() const {
    for (std::size_t i = 0; i < finding().actor_count; ++i)
      if (std::string_view(finding().actors[i].verb) == "allocates")
        if (const StoryRow* row = row_of(i); row != nullptr) return event_of(*row);
    return nullptr;
  }

  std::string of_bounds() const {
    const sim::Event* block = allocation();
    const bool is_behind = std::string_view(finding().detail).find("behind") != std::string::npos;
    if (block == nullptr || !is_behind || finding().number < block->value) return {};
    const std::uint64_t behind = finding().number - block->value;
    return fmt::format("the block has {} bytes: the access begins {} its end", block->value,
                       behind == 0 ? "at" : fmt::format("{} bytes behind", behind));
  }

  std::string of_contents() const {
    if (allocation() == nullptr) return {};
    return "allocated zeroed (kzalloc, __GFP_ZERO), it would hold zeros there";
  }

  // ---- sleeping and waiting --------------------------------------------------------------------

  /// A lock that does not sleep must be released before its holder may.
  std::string of_atomic() const {
    const StoryRow* row = row_of(0);
    if (row == nullptr || level(*row) != Level::task) return {};
    for (std::size_t i = row->holds.size(); i-- != 0;) {
      const StoryRow* since = taken(*row, row->holds[i]);
      const sim::Event* event = since == nullptr ? nullptr : event_of(*since);
      if (event == nullptr || (event->flags & sim::event_can_sleep) != 0) continue;
      return fmt::format("{} spins for {} and holds it since step {}: it must let go first",
                         name(row->context), row->holds[i], since->step);
    }
    return {};
  }

  /// What could have woken it came too early, or not at all.
  std::string of_wait() const {
    const StoryRow* wait = numbered(1);
    if (wait == nullptr || wait->object.empty()) return {};
    const StoryRow* last = nullptr;
    for (const StoryRow& row : story_.rows) {
      const sim::Event* event = event_of(row);
      if (event == nullptr || row.context == wait->context || row.object != wait->object) continue;
      if (event->kind != EventKind::spin && event->kind != EventKind::block) last = &row;
    }
    if (last == nullptr)
      return fmt::format("nobody else does anything with {} in this execution", wait->object);
    // Who has taken it holds it still; what the set-up did is everybody's past.
    if (last > wait || last->context == sim::ContextId{0}) return {};
    if (event_of(*last)->kind == EventKind::lock) return {};
    return fmt::format("the last to do anything with {} is {} at step {}, before {} waits for it",
                       wait->object, name(last->context), last->step, name(wait->context));
  }

  // ---- what came before ------------------------------------------------------------------------

  /// What goes wrong with memory can be why something else does later.
  std::string of_earlier_finding() const {
    switch (finding().kind) {
      case FindingKind::invariant:
      case FindingKind::kernel_assertion:
      case FindingKind::not_linearizable:
      case FindingKind::refcount:
      case FindingKind::crash:
        break;
      default:
        return {};
    }
    for (const RecordedFinding& other : recording_.findings) {
      if (&other == &finding_) break;
      if (other.finding.kind == FindingKind::data_race)
        return fmt::format("there is a data race ahead of it: {}", other.headline);
    }
    return {};
  }

  std::string of_failed_allocation() const {
    for (std::size_t i = 0; i < recording_.events.size() && i < finding_.before_event; ++i) {
      const sim::Event& event = recording_.events[i].event;
      if (event.kind == EventKind::allocate_failed)
        return fmt::format("an allocation of {} has failed ahead of it (step {})",
                           name(event.context), event.step);
    }
    return {};
  }

  const Recording& recording_;
  const RecordedFinding& finding_;
  const StoryRows& story_;
};

}  // namespace

std::string hint_for(const Recording& recording, const RecordedFinding& finding,
                     const StoryRows& story) {
  return Hints(recording, finding, story).hint();
}

}  // namespace heddle::traces
