// Makes a trace's workload and schedule smaller, in this process: what Runner::minimise has a child
// do. The workload comes first: each smaller one is tried with the schedule so far, and then with
// some sampled ones.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "scenarios/registry/rig.hpp"
#include "scenarios/registry/runner.hpp"
#include "scenarios/registry/variant.hpp"
#include "sim/core/object.hpp"
#include "traces/minimise.hpp"
#include "traces/recorder.hpp"
#include "traces/schedule.hpp"
#include "traces/trace.hpp"

namespace heddle::scenarios {

class Minimising {
 public:
  /// Asked before each attempt. @returns whether to go on.
  using Watch = std::function<bool(std::uint64_t attempts, const traces::Cost& best)>;

  /// The rig is set up for the variant, which is the trace's. All outlive this.
  Minimising(Rig& rig, const Variant& variant, const traces::Trace& trace,
             const MinimiseRequest& request, const Watch& watch);

  MinimiseResult run();
  /// After run(): where the code stands that the smallest execution went through.
  const std::set<sim::Place>& places() const { return places_; }

 private:
  bool may_go_on(const traces::Cost& best);
  traces::Tried execute(sim::Chooser& chooser);
  traces::Tried follow(const traces::Schedule& schedule);
  traces::Tried shrink_workload(traces::Tried start);
  std::optional<traces::Tried> try_workload(const std::string& text, const traces::Tried& best);
  std::optional<traces::Tried> sample(const traces::Tried& best);
  traces::Recording record(const traces::Schedule& schedule);
  sim::Report report(const traces::Recording& recording) const;

  Rig& rig_;
  Variant variant_;  // with the smallest workload that has the finding
  const traces::Trace& trace_;
  const MinimiseRequest& request_;
  const Watch& watch_;
  std::uint64_t attempts_ = 0;
  bool stopped_ = false;
  std::set<sim::Place> places_;
};

}  // namespace heddle::scenarios
