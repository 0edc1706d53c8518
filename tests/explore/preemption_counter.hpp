// How many preemptions an execution had, counted as it is made: the oracle for bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/explore/preemption.hpp"

namespace heddle::tests {

/// Listens at a chooser. A context that takes no further step was not preempted, nor kept waiting
/// by an interrupt (least_preemptions.hpp).
class PreemptionCounter final : public sim::Chooser {
 public:
  explicit PreemptionCounter(sim::Chooser& chooser) : chooser_(chooser) {}

  sim::Footprint* watched_footprint() override { return chooser_.watched_footprint(); }
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override {
    return chooser_.value(reason, arity);
  }
  sim::ContextId schedule(const sim::SchedulePoint& point) override {
    const sim::ContextId chosen = chooser_.schedule(point);
    if (chosen == sim::no_context) return chosen;
    Taken taken{chosen, {}};
    if (sim::last_could_go_on(point) && chosen != point.last)
      taken.preempted = sim::ContextSet(point.last);
    if (point.operation(chosen).kind == sim::EventKind::interrupt)
      for (sim::ContextSet rest = point.enabled; !rest.empty(); rest.remove(rest.first()))
        if (point.operation(rest.first()).kind != sim::EventKind::interrupt)
          taken.preempted.add(rest.first());
    taken_.push_back(taken);
    return chosen;
  }

  /// @pre the execution is over.
  std::uint32_t count() const {
    std::uint32_t preemptions = 0;
    sim::ContextSet later;
    for (std::size_t i = taken_.size(); i-- != 0;) {
      if (!(taken_[i].preempted & later).empty()) ++preemptions;
      later.add(taken_[i].context);
    }
    return preemptions;
  }

 private:
  struct Taken {
    sim::ContextId context;
    sim::ContextSet preempted;  // one of them, if it steps again
  };
  sim::Chooser& chooser_;
  std::vector<Taken> taken_;
};

}  // namespace heddle::tests
