// Which Mazurkiewicz trace an execution belongs to: all about its steps that equivalent executions
// have in common, as text. Independent of who searches: it listens at a chooser.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/explore/history.hpp"

namespace heddle::tests {

class Classifier final : public sim::Chooser {
 public:
  explicit Classifier(sim::Chooser& chooser)
      : chooser_(chooser),
        inner_(chooser.watched_footprint()),
        footprint_(inner_ != nullptr ? *inner_ : own_),
        history_(*std::pmr::new_delete_resource(), footprint_, 100) {}

  sim::Footprint* watched_footprint() override { return &footprint_; }

  sim::ContextId schedule(const sim::SchedulePoint& point) override {
    finish_step(false);
    const sim::ContextId chosen = inner_ == nullptr && point.enabled.count() == 1
                                      ? point.enabled.first()
                                      : chooser_.schedule(point);
    if (chosen == sim::no_context) return chosen;
    history_.push(chosen);
    values_.emplace_back();
    if (inner_ == nullptr) footprint_.begin_step(chosen, point.operation(chosen));
    return chosen;
  }
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override {
    const std::uint32_t chosen = chooser_.value(reason, arity);
    (values_.empty() ? set_up_values_ : values_.back()) += std::to_string(chosen) + ",";
    return chosen;
  }

  /// @pre the execution has ended with this outcome, and the chooser's strategy was not told yet.
  std::string trace(sim::Outcome outcome) {
    finish_step(outcome == sim::Outcome::stopped || outcome == sim::Outcome::bound_reached);
    std::vector<std::string> steps;
    for (std::uint32_t i = 1; i < history_.size(); ++i) {
      const std::uint16_t context = history_[i].context.value;
      // How many contexts are counted depends on earlier executions: of no step, not named.
      std::vector<std::string> before;
      for (std::uint16_t c = 0; c < footprint_.context_count(); ++c)
        if (const std::uint32_t steps_of = history_.clock(i)[c]; steps_of != 0)
          before.push_back(" " + names_[c] + "." + std::to_string(steps_of));
      std::sort(before.begin(), before.end());
      std::string step =
          names_[context] + "." + std::to_string(history_[i].index) + " " + values_[i - 1] + ":";
      for (const std::string& each : before) step += each;
      steps.push_back(step);
    }
    std::sort(steps.begin(), steps.end());
    std::string all = set_up_values_;
    for (const std::string& step : steps) all += step + "\n";
    return all;
  }

 private:
  void finish_step(bool everything) {
    if (history_.size() == 1)
      history_.begin_with(footprint_);
    else
      history_.close(everything, races_);
    // By creator: the ids of contexts that two others create depend on who does it first.
    std::string creator;
    if (history_.size() != 1)
      creator =
          names_[history_.back().context.value] + "." + std::to_string(history_.back().index) + "/";
    int nth = 0;
    for (sim::ContextSet rest = footprint_.created(); !rest.empty(); rest.remove(rest.first()))
      names_[rest.first().value] = creator + std::to_string(++nth);
  }

  sim::Chooser& chooser_;
  sim::Footprint* inner_;
  sim::Footprint own_;
  sim::Footprint& footprint_;
  sim::History history_;
  std::pmr::vector<sim::History::Race> races_;
  std::string set_up_values_;
  std::vector<std::string> values_;
  std::array<std::string, sim::contexts_max> names_;
};

}  // namespace heddle::tests
