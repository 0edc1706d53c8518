#include "traces/minimise.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "sim/core/check.hpp"

namespace heddle::traces {
namespace {

using sim::ContextId;

/// How far a run is moved past others.
constexpr std::size_t moves_max = 6;

/// At most so many steps are taken before the switch of a schedule of two runs.
constexpr std::size_t two_runs_steps_max = 200;

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
  Minimiser(Tried start, const TrySchedule& attempt, std::uint64_t attempts_max)
      : attempt_(attempt), attempts_max_(attempts_max) {
    result_.best = std::move(start);
  }

  Minimised run() {
    bool improved = true;
    while (improved && !out_) {
      improved = false;
      for (const auto pass :
           {&Minimiser::lower_values, &Minimiser::cut_end, &Minimiser::leave_runs_out,
            &Minimiser::move_runs, &Minimiser::move_steps, &Minimiser::try_two_runs})
        if ((this->*pass)()) improved = true;
    }
    result_.complete = !out_;
    return std::move(result_);
  }

 private:
  const Schedule& best() const { return result_.best.made; }

  /// @returns whether the candidate is better; then it is the best one.
  bool improves(const Schedule& candidate) {
    if (out_ || candidate == best()) return false;
    if (result_.attempts == attempts_max_) {
      out_ = true;
      return false;
    }
    ++result_.attempts;
    Tried tried = attempt_(candidate);
    if (!tried.same || !(tried.cost < result_.best.cost)) return false;
    result_.best = std::move(tried);
    return true;
  }
  bool improves(const Runs& runs) { return improves(Schedule{order_of(runs), best().values}); }

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

  bool leave_runs_out() {
    bool improved = false;
    for (std::size_t i = 0; i < runs_of(best().order).size();) {
      Runs runs = runs_of(best().order);
      runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(i));
      if (improves(runs))
        improved = true;
      else
        ++i;
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

  /// Schedules of a single preemption lie apart from most others, but there are few of them: a
  /// context for a while, then another one for as long as it can.
  bool try_two_runs() {
    if (result_.best.cost.preemptions == 0) return false;
    const std::size_t length = std::min(best().order.size(), two_runs_steps_max);
    std::set<ContextId> contexts(best().order.begin(), best().order.end());
    bool improved = false;
    for (const ContextId first : contexts)
      for (const ContextId second : contexts)
        for (std::size_t count = 0; first != second && count <= length; ++count) {
          if (result_.best.cost.preemptions <= (count == 0 ? 0 : 1)) break;
          improved = improves(Runs{{first, count}, {second, length}}) || improved;
        }
    return improved;
  }

  const TrySchedule& attempt_;
  std::uint64_t attempts_max_;
  Minimised result_;
  bool out_ = false;  // of attempts
};

}  // namespace

Minimised minimise(Tried start, const TrySchedule& attempt, std::uint64_t attempts_max) {
  HEDDLE_CHECK(start.same, "what is minimised has the finding");
  return Minimiser(std::move(start), attempt, attempts_max).run();
}

}  // namespace heddle::traces
