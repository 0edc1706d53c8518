#include "traces/minimise.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sim/core/check.hpp"

namespace heddle::traces {
namespace {

using sim::ContextId;

/// How far a run is moved past others.
constexpr std::size_t moves_max = 6;

/// How many choices a searched schedule has, beside its preemptions, that differ from those of an
/// execution that is left to itself.
constexpr unsigned free_deviations_max = 3;

/// A context that steps several times on end.
struct Run {
  ContextId context;
  std::size_t count = 0;
};
using Runs = std::vector<Run>;

Runs runs_of(const std::vector<ContextId>& order) {
  Runs runs;
  for (const ContextId context : order) {
    if (runs.empty() || runs.back().context != context) runs.push_back({context, 0});
    ++runs.back().count;
  }
  return runs;
}

std::vector<ContextId> order_of(const Runs& runs) {
  std::vector<ContextId> order;
  for (const Run& run : runs) order.insert(order.end(), run.count, run.context);
  return order;
}

class Minimiser {
 public:
  Minimiser(Tried start, const TrySchedule& attempt, const GoOn& go_on)
      : attempt_(attempt), go_on_(go_on) {
    result_.best = std::move(start);
  }

  Minimised run() {
    do {
      bool improved = true;
      while (improved && !out_) {
        improved = false;
        for (const auto pass :
             {&Minimiser::lower_values, &Minimiser::put_contexts_last, &Minimiser::cut_end,
              &Minimiser::leave_runs_out, &Minimiser::move_runs, &Minimiser::join_runs,
              &Minimiser::move_steps})
          if ((this->*pass)()) improved = true;
      }
    } while (search() && !out_);
    result_.complete = !out_;
    return std::move(result_);
  }

 private:
  const Schedule& best() const { return result_.best.made; }

  /// Executes the candidate; if it is better, it is the best one. @returns nothing where it is not
  /// executed.
  std::optional<Tried> attempt(const Schedule& candidate) {
    if (out_ || candidate == best()) return std::nullopt;
    out_ = !go_on_(result_);
    if (out_) return std::nullopt;
    ++result_.attempts;
    return attempt_(candidate);
  }
  bool is_better(const Tried& tried) const { return tried.same && tried.cost < result_.best.cost; }

  /// @returns whether the candidate is better; then it is the best one.
  bool improves(const Schedule& candidate) {
    std::optional<Tried> tried = attempt(candidate);
    if (!tried || !is_better(*tried)) return false;
    result_.best = *std::move(tried);
    return true;
  }
  bool improves(const Runs& runs) { return improves(Schedule{order_of(runs), best().values}); }

  std::set<ContextId> contexts() const { return {best().order.begin(), best().order.end()}; }

  bool lower_values() {
    bool improved = improves(Schedule{best().order, {}});
    for (std::size_t i = 0; i < best().values.size(); ++i) {
      // 0, then half and so on, so that what is left is the least that helps in small ranges.
      for (std::uint32_t less = 0; i < best().values.size();) {
        const std::uint32_t now = best().values[i].chosen;
        if (less >= now) break;
        Schedule candidate = best();
        candidate.values[i].chosen = less;
        if (improves(candidate)) {
          improved = true;
          less = 0;
        } else {
          less += std::max<std::uint32_t>(1, (now - less) / 2);
        }
      }
    }
    return improved;
  }

  bool cut_end() {
    bool improved = false;
    for (std::size_t cut = best().order.size(); cut > 0; cut /= 2) {
      while (cut <= best().order.size()) {
        Schedule candidate = best();
        candidate.order.resize(candidate.order.size() - cut);
        if (!improves(candidate)) break;
        improved = true;
      }
    }
    return improved;
  }

  /// Where a context is never chosen it steps when nothing else can, and an interrupt source does
  /// not land.
  bool put_contexts_last() {
    bool improved = false;
    for (const ContextId context : contexts()) {
      Schedule candidate = best();
      std::erase(candidate.order, context);
      improved = improves(candidate) || improved;
    }
    return improved;
  }

  /// Half of all runs at once, a quarter, … one.
  bool leave_runs_out() {
    bool improved = false;
    for (std::size_t count = std::max<std::size_t>(1, runs_of(best().order).size() / 2); count > 0;
         count /= 2) {
      for (std::size_t i = 0;;) {
        Runs runs = runs_of(best().order);
        if (i + count > runs.size()) break;
        const auto first = runs.begin() + static_cast<std::ptrdiff_t>(i);
        runs.erase(first, first + static_cast<std::ptrdiff_t>(count));
        if (improves(runs))
          improved = true;
        else
          i += count;
      }
    }
    return improved;
  }

  /// Brings the run at i + distance forward to i, or the one at i back to i + distance.
  bool moves(std::size_t i, std::size_t distance, bool forward) {
    Runs runs = runs_of(best().order);
    if (i + distance >= runs.size()) return false;
    const auto first = runs.begin() + static_cast<std::ptrdiff_t>(i);
    const auto last = first + static_cast<std::ptrdiff_t>(distance);
    std::rotate(first, forward ? last : first + 1, last + 1);
    return improves(runs);
  }

  bool move_runs() {
    bool improved = false;
    for (std::size_t i = 0; i + 1 < runs_of(best().order).size(); ++i) {
      for (std::size_t distance = 1; distance <= moves_max; ++distance) {
        const bool helps = moves(i, distance, true) || moves(i, distance, false);
        improved = improved || helps;
      }
    }
    return improved;
  }

  /// Two runs of a context that others lie between become one, at the place of the first or of the
  /// second.
  bool join_runs() {
    bool improved = false;
    for (std::size_t i = 0; i + 2 < runs_of(best().order).size(); ++i) {
      const Runs runs = runs_of(best().order);
      std::size_t next = i + 2;
      while (next < runs.size() && runs[next].context != runs[i].context) ++next;
      if (next == runs.size()) continue;
      Runs early = runs;
      early[i].count += early[next].count;
      early.erase(early.begin() + static_cast<std::ptrdiff_t>(next));
      Runs late = runs;
      late[next].count += late[i].count;
      late.erase(late.begin() + static_cast<std::ptrdiff_t>(i));
      const bool helps = improves(early) || improves(late);
      improved = improved || helps;
    }
    return improved;
  }

  /// Half of a run, a quarter, … one step go to the same context's next run, or behind all.
  bool move_steps() {
    bool improved = false;
    for (std::size_t i = 0; i < runs_of(best().order).size(); ++i) {
      for (std::size_t count = runs_of(best().order)[i].count / 2; count > 0; count /= 2) {
        Runs runs = runs_of(best().order);
        if (i >= runs.size() || count >= runs[i].count) break;
        const ContextId context = runs[i].context;
        const auto later =
            std::find_if(runs.begin() + static_cast<std::ptrdiff_t>(i) + 1, runs.end(),
                         [context](const Run& run) { return run.context == context; });
        runs[i].count -= count;
        if (later != runs.end())
          later->count += count;
        else
          runs.push_back({context, count});
        improved = improves(runs) || improved;
      }
    }
    return improved;
  }

  // ---- the search -------------------------------------------------------------------------------

  /// Schedules with few preemptions lie apart from most others, but there are not many: those
  /// without any first, then those with one, and so on. Each number is searched once.
  bool search() {
    for (; searched_ < result_.best.cost.preemptions && !out_; ++searched_) {
      left_ = minimise_search_max;
      std::optional<Tried> calm = attempt(Schedule{{}, best().values});
      if (!calm) continue;
      if (is_better(*calm)) {
        result_.best = *std::move(calm);
        return true;
      }
      const auto most = static_cast<unsigned>(searched_) + free_deviations_max;
      for (unsigned deviations = 1; deviations <= most && left_ != 0; ++deviations)
        if (deviate(*calm, 0, deviations)) return true;
    }
    return false;
  }

  /// Tries what goes another way than `base` at `from` or later, and then as undisturbed as it can;
  /// then at most `deviations` times. Only what has no more preemptions than are searched for.
  bool deviate(const Tried& base, std::size_t from, unsigned deviations) {
    // What begins to differ later than the best ends is rarely smaller; it may go on for long.
    const std::size_t end = std::min(base.made.order.size(), best().order.size());
    for (std::size_t i = from; i < end; ++i) {
      // The rest of `base` has no preemption, so what comes before has them all.
      if (base.open[i].held && base.cost.preemptions >= searched_) continue;
      sim::ContextSet rest = base.open[i].enabled;
      for (rest.remove(base.made.order[i]); !rest.empty(); rest.remove(rest.first())) {
        if (left_ == 0) return false;
        --left_;
        const auto begin = base.made.order.begin();
        Schedule candidate{{begin, begin + static_cast<std::ptrdiff_t>(i)}, best().values};
        candidate.order.push_back(rest.first());
        std::optional<Tried> tried = attempt(candidate);
        if (!tried) continue;
        if (is_better(*tried)) {
          result_.best = *std::move(tried);
          return true;
        }
        const bool fits = tried->cost.preemptions <= searched_;
        if (deviations > 1 && fits && deviate(*tried, i + 1, deviations - 1)) return true;
      }
    }
    return false;
  }

  const TrySchedule& attempt_;
  const GoOn& go_on_;
  Minimised result_;
  std::uint64_t searched_ = 0;  // preemptions: schedules with fewer were searched
  std::uint64_t left_ = 0;      // candidates of the search
  bool out_ = false;            // told to stop
};

}  // namespace

Minimised minimise(Tried start, const TrySchedule& attempt, const GoOn& go_on) {
  HEDDLE_CHECK(start.same, "what is minimised has the finding");
  return Minimiser(std::move(start), attempt, go_on).run();
}

}  // namespace heddle::traces
