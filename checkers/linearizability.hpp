// Is there an order of a history's calls that a sequential specification allows, in which every
// call takes effect between its beginning and its end?
//
// Sources: Wing and Gong, "Testing and verifying concurrent objects" (JPDC 1993), the search; Lowe,
// "Testing for linearizability" (CCPE 2017), section 3, the memory of configurations; Horn and
// Kroening, "Faster linearizability checking via P-compositionality" (FORTE 2015), the partition.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "checkers/history.hpp"
#include "checkers/linearization_memo.hpp"

namespace heddle::checkers {

/// What one call at a time does.
template <class Spec>
concept SequentialSpecification =
    requires(const Spec spec, const typename Spec::State state,
             const typename Spec::Operation operation, bool has_returned, unsigned way) {
      requires std::equality_comparable<typename Spec::State>;
      { spec.initial() } -> std::same_as<typename Spec::State>;
      { spec.hash(state) } -> std::same_as<std::uint64_t>;
      // The way-th state (from 0) that the operation may lead to, nothing if there are no more. The
      // result of an operation that has returned must be the one that the specification gives; one
      // that has not may have had any effect that it can have.
      {
        spec.next(state, operation, has_returned, way)
      } -> std::same_as<std::optional<typename Spec::State>>;
    };

/// Operations of different parts do not influence each other: a history is linearizable if each
/// part's is.
template <class Spec>
concept PartitionedSpecification =
    SequentialSpecification<Spec> && requires(const Spec spec, const typename Spec::Operation o) {
      { spec.part(o) } -> std::convertible_to<std::uint64_t>;
    };

/// Knows operations that, with the result that they returned, leave every state as it is. The
/// search places them as early as they fit, and nowhere else.
template <class Spec>
concept SpecificationWithReads =
    SequentialSpecification<Spec> && requires(const Spec spec, const typename Spec::Operation o) {
      { spec.is_read(o) } -> std::same_as<bool>;
    };

enum class Linearizable : std::uint8_t { yes, no, unknown };

struct LinearizabilityResult {
  Linearizable verdict = Linearizable::yes;
  /// yes: indices of calls in an order that the specification allows (part by part). no: such an
  /// order for `part` without `culprit`. A pending call that had no effect is left out.
  std::vector<std::size_t> order;
  /// no: the shortest beginning of a part's history that no order explains, as indices of calls;
  /// calls of it that return after the culprit count as pending.
  std::vector<std::size_t> part;
  /// no: the call whose return ends `part`: it can't have got what it got.
  std::size_t culprit = 0;
};

/// Keeps its buffers from history to history: one that is no longer than an earlier one allocates
/// nothing but its result.
template <SequentialSpecification Spec>
class LinearizabilityChecker {
 public:
  using State = typename Spec::State;
  using Operation = typename Spec::Operation;
  using Calls = std::span<const Call<Operation>>;

  /// @param states_max  how many configurations to look at before the answer is `unknown`
  explicit LinearizabilityChecker(Spec spec = {}, std::size_t states_max = std::size_t{1} << 22)
      : spec_(std::move(spec)), states_max_(states_max) {}

  /// `calls` in the order in which they began. Cost: linear where calls do not overlap; exponential
  /// in the number of overlapping calls at worst, for the problem is NP-complete.
  LinearizabilityResult check(Calls calls) {
    LinearizabilityResult result;
    for (const std::vector<std::size_t>& part : parts(calls)) {
      const Linearizable verdict = search(calls, part, never);
      if (verdict == Linearizable::yes) {
        append_order(part, result.order);
        continue;
      }
      result.verdict = verdict;
      result.order.clear();
      if (verdict == Linearizable::no) explain(calls, part, result);
      return result;
    }
    return result;
  }

  const Spec& spec() const { return spec_; }

 private:
  /// The beginning or the end of a call, in a list that is doubly linked by index; entry 0 is its
  /// head.
  struct Entry {
    std::uint32_t call = 0;     // position in the part
    std::uint32_t partner = 0;  // the end of a beginning; 0: pending, or an end
    std::uint32_t before = 0;
    std::uint32_t after = 0;
    bool is_call = false;
  };
  struct Choice {
    std::uint32_t entry;
    unsigned way;
    bool forced;  // no other choice here could do better
    State before;
  };

  std::vector<std::vector<std::size_t>> parts(Calls calls) const {
    std::map<std::uint64_t, std::vector<std::size_t>> by_key;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      std::uint64_t key = 0;
      if constexpr (PartitionedSpecification<Spec>) key = spec_.part(calls[i].operation);
      by_key[key].push_back(i);
    }
    std::vector<std::vector<std::size_t>> result;
    result.reserve(by_key.size());
    for (auto& [key, part] : by_key) result.push_back(std::move(part));
    return result;
  }

  /// Fills the list with what the part's callers saw until `end`, included. @returns how many calls
  /// have returned by then.
  std::size_t fill(Calls calls, std::span<const std::size_t> part, Moment end) {
    events_.clear();
    std::size_t returned = 0;
    for (std::uint32_t i = 0; i < part.size(); ++i) {
      const Call<Operation>& call = calls[part[i]];
      if (call.called > end) continue;
      events_.push_back({call.called, i, true});
      if (call.is_pending() || call.returned > end) continue;
      events_.push_back({call.returned, i, false});
      ++returned;
    }
    std::sort(events_.begin(), events_.end(),
              [](const Event& a, const Event& b) { return a.at < b.at; });
    entries_.assign(events_.size() + 1, Entry{});
    beginning_.assign(part.size(), 0);
    for (std::uint32_t i = 0; i < events_.size(); ++i) {
      const Event& event = events_[i];
      Entry& entry = entries_[i + 1];
      entry = {event.call, 0, i, i + 2, event.is_call};
      entries_[i].after = i + 1;
      if (event.is_call)
        beginning_[event.call] = i + 1;
      else
        entries_[beginning_[event.call]].partner = i + 1;
    }
    if (!events_.empty()) entries_.back().after = 0;
    return returned;
  }

  /// Takes the call out of the list; put_back() in the reverse order undoes it.
  void take_out(const Entry& entry) {
    unlink(entry);
    if (entry.partner != 0) unlink(entries_[entry.partner]);
  }
  void put_back(const Entry& entry) {
    if (entry.partner != 0) relink(entry.partner);
    relink(static_cast<std::uint32_t>(&entry - entries_.data()));
  }
  void unlink(const Entry& entry) {
    entries_[entry.before].after = entry.after;
    if (entry.after != 0) entries_[entry.after].before = entry.before;
  }
  void relink(std::uint32_t index) {
    const Entry& entry = entries_[index];
    entries_[entry.before].after = index;
    if (entry.after != 0) entries_[entry.after].before = index;
  }

  /// Leaves the order that it found in path_.
  Linearizable search(Calls calls, std::span<const std::size_t> part, Moment end) {
    std::size_t missing = fill(calls, part, end);
    memo_.begin(part.size());
    path_.clear();
    State state = spec_.initial();
    std::uint32_t at = entries_.front().after;
    unsigned way = 0;
    while (missing != 0) {
      const Entry& entry = entries_[at];
      if (entry.is_call && advance(calls[part[entry.call]].operation, at, way, state)) {
        missing -= entry.partner != 0 ? 1 : 0;
        at = entries_.front().after;
        way = 0;
        continue;
      }
      if (memo_.size() > states_max_) return Linearizable::unknown;
      if (entry.is_call) {
        at = entry.after;
        way = 0;
        continue;
      }
      // The call that ends here must have taken effect by now, and has not: go back.
      do {
        if (path_.empty()) return Linearizable::no;
        state = path_.back().before;
        at = path_.back().entry;
        way = path_.back().way + 1;
        if (entries_[at].partner != 0) ++missing;
        memo_.remove(entries_[at].call);
        put_back(entries_[at]);
      } while (drop_choice());
    }
    return Linearizable::yes;
  }

  /// @returns whether the choice before must go, too.
  bool drop_choice() {
    const bool forced = path_.back().forced;
    path_.pop_back();
    return forced;
  }

  /// Lets the call at `at` take effect next, in the first way from `way` on that leads to a new
  /// configuration.
  bool advance(const Operation& operation, std::uint32_t at, unsigned way, State& state) {
    const Entry& entry = entries_[at];
    const bool has_returned = entry.partner != 0;
    for (;; ++way) {
      std::optional<State> next = spec_.next(state, operation, has_returned, way);
      if (!next) return false;
      const bool forced = has_returned && is_read(operation);
      memo_.add(entry.call);
      if (memo_.visit(*next, spec_.hash(*next))) {
        path_.push_back({at, way, forced, state});
        take_out(entry);
        state = std::move(*next);
        return true;
      }
      memo_.remove(entry.call);
      if (forced) return false;
    }
  }

  bool is_read(const Operation& operation) const {
    if constexpr (SpecificationWithReads<Spec>)
      return spec_.is_read(operation);
    else
      return false;
  }

  void append_order(std::span<const std::size_t> part, std::vector<std::size_t>& order) const {
    for (const Choice& choice : path_) order.push_back(part[entries_[choice.entry].call]);
  }

  /// A history's beginnings are linearizable up to one moment and none after it.
  void explain(Calls calls, std::span<const std::size_t> part, LinearizabilityResult& result) {
    std::vector<std::size_t> by_return;
    for (const std::size_t i : part)
      if (!calls[i].is_pending()) by_return.push_back(i);
    std::sort(by_return.begin(), by_return.end(),
              [&](std::size_t a, std::size_t b) { return calls[a].returned < calls[b].returned; });
    const auto first_bad = std::partition_point(
        by_return.begin(), by_return.end(),
        [&](std::size_t i) { return search(calls, part, calls[i].returned) == Linearizable::yes; });
    result.culprit = *first_bad;
    const Moment end = calls[result.culprit].returned;
    for (const std::size_t i : part)
      if (calls[i].called < end) result.part.push_back(i);
    search(calls, part, end - 1);
    append_order(part, result.order);
  }

  struct Event {
    Moment at;
    std::uint32_t call;
    bool is_call;
  };

  Spec spec_;
  std::size_t states_max_;
  std::vector<Event> events_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> beginning_;  // by call: its first entry
  std::vector<Choice> path_;
  LinearizationMemo<State> memo_;
};

}  // namespace heddle::checkers
